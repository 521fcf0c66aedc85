/**
 * What the judge of a run that goes on must know besides the run's folder: when the run began, by the clock that all processes of
 * the machine share, and where services keep their logs. In every environment that is a file of this machine: a data directory
 * is a directory of the machine, which a container has bound. The controller writes it into the state directory of the run.
 */
import fs from 'node:fs'
import path from 'node:path'
import { writeJson } from '../../store/run-store.ts'

const FILE = 'sources.json'

export interface Sources {
  /** Of `process.hrtime.bigint()`. */
  readonly startedNs: bigint
  /** Service -> the file of its log. */
  readonly services: Readonly<Record<string, string>>
}

export const writeSources = (stateDir: string, { startedNs, services }: Sources): void =>
  writeJson(path.join(stateDir, FILE), { startedNs: String(startedNs), services })

/** Null: the run has not begun. */
export const readSources = (stateDir: string): Sources | null => {
  const file = path.join(stateDir, FILE)
  if (!fs.existsSync(file)) return null
  const { startedNs, services } = JSON.parse(fs.readFileSync(file, 'utf8')) as Omit<Sources, 'startedNs'> & {
    readonly startedNs: string
  }
  return { startedNs: BigInt(startedNs), services }
}
