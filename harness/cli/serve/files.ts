/** The files of a run that may be read: regular ones below its folder, and nothing that a link leads to. */
import fs from 'node:fs'
import path from 'node:path'
import { FILES } from '../../store/run-store.ts'

export interface RunFile {
  /** Below the run's folder, with `/`. */
  readonly name: string
  readonly bytes: number
}

/** A folder deeper than that is none of ours. */
const MAX_DEPTH = 4

interface Entry extends RunFile {
  /** A link, a pipe or a device: it may lead anywhere. */
  readonly isOther: boolean
}

/** A file may be replaced by its next version while the folder is read. */
const entriesOf = (dir: string, below = '', depth = 0): readonly Entry[] =>
  fs.readdirSync(path.join(dir, below), { withFileTypes: true }).flatMap((entry): readonly Entry[] => {
    const name = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.isDirectory()) return depth < MAX_DEPTH ? entriesOf(dir, name, depth + 1) : []
    const stat = fs.lstatSync(path.join(dir, name), { throwIfNoEntry: false })
    return stat === undefined ? [] : [{ name, bytes: stat.size, isOther: !stat.isFile() }]
  })

export const filesOf = (dir: string): readonly RunFile[] =>
  entriesOf(dir)
    .flatMap(({ name, bytes, isOther }) => (isOther ? [] : [{ name, bytes }]))
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))

/**
 * What in a run's folder is neither a file nor a folder; null: nothing. faultline makes no such thing, but an archive may
 * contain one, and whatever reads the whole run would follow it.
 */
export const strangerIn = (dir: string): string | null =>
  entriesOf(dir).find(({ isOther }) => isOther)?.name ?? null

/** The path of a file that is listed; null: it is not. Only listed names are read, so `..` and links lead nowhere. */
export const fileOf = (dir: string, name: string): string | null =>
  filesOf(dir).some((file) => file.name === name) ? path.join(dir, name) : null

/** Pages that faultline itself wrote into the run's folder: the report, and pages of evidence. */
export const isOwnPage = (name: string): boolean => /^(report|linearizability-key-[\w-]*)\.html$/.test(name)

export const contentType = (name: string): string => {
  if (isOwnPage(name)) return 'text/html; charset=utf-8'
  if (name === 'window.svg') return 'image/svg+xml'
  if (name === FILES.columns) return 'application/octet-stream'
  return 'text/plain; charset=utf-8'
}
