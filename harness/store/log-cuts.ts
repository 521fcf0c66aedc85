/** logs.json: what the logs of nodes no longer have, or what of them is not read, since a run may write without end. */
import fs from 'node:fs'
import path from 'node:path'
import { type FileHeader, headerOf, requireSchema } from '../history/schema.ts'

const LOG_CUTS = 'logs.json'

/** Of one log that is so long that only its end is read. */
export interface LogCut {
  readonly node: string
  /** Such as `server.log`, in the node's folder. */
  readonly file: string
  /** Taken out of its middle. 0: nothing was. */
  readonly leftOutBytes: number
  readonly leftOutLines: number
  /** Its end, which is read, begins there. */
  readonly endsFrom: number
  /** Lines before its end about which a checker of logs would say something. All lines were looked at. */
  readonly telling: readonly string[]
  /** How many more there were. */
  readonly moreTelling: number
}

/** Replaces the file as a whole: it is written while the run goes on. */
export const writeLogCuts = (dir: string, faultline: string, logs: readonly LogCut[]): void => {
  const file = path.join(dir, LOG_CUTS)
  const content = { ...headerOf('logs', faultline), logs }
  fs.writeFileSync(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`)
  fs.renameSync(`${file}.new`, file)
}

/** None: every log is short enough, or nobody watched them, as in older versions. */
export const readLogCuts = (dir: string): readonly LogCut[] => {
  const file = path.join(dir, LOG_CUTS)
  if (!fs.existsSync(file)) return []
  const { schema, logs } = JSON.parse(fs.readFileSync(file, 'utf8')) as FileHeader & {
    readonly logs: readonly LogCut[]
  }
  requireSchema('logs', schema, file)
  return logs
}
