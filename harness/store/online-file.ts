/** online.json: what is known of a run that is judged while it goes on. */
import fs from 'node:fs'
import path from 'node:path'
import { type FileHeader, headerOf } from '../history/schema.ts'
import { FILES, writeJson } from './run-store.ts'
import { ownVersion } from './version.ts'

/** A promise that was seen to be broken. */
export interface SeenBroken {
  readonly fingerprint: string
  readonly sentence: string
  /** When the first evidence was complete, nanoseconds since the start of the run. Null: not known. */
  readonly firstAtNs: number | null
  /** When it was seen, by the same clock. */
  readonly seenAtNs: number
}

/** Of a workload whose objects are judged each by itself. */
export interface ObjectCounts {
  /** Gone quiet and judged. */
  readonly judged: number
  /** Used still, or not judged since. */
  readonly underWay: number
  readonly broken: number
  /** Those of the judged of which nothing could be proved. */
  readonly unproven: number
  /** So many are broken that no more are judged: the other counts stay as they were. */
  readonly isEnough: boolean
}

export interface OnlineState {
  /** The operations up to this time of the run have been read, nanoseconds. */
  readonly readToNs: number
  /** Null: the objects of this workload cannot be judged each by itself. */
  readonly objects: ObjectCounts | null
  /** In the order in which they were seen. */
  readonly broken: readonly SeenBroken[]
}

export const writeOnlineState = (dir: string, state: OnlineState): void =>
  writeJson(path.join(dir, FILES.online), { ...headerOf('online', ownVersion()), ...state })

/** Null: nobody judges the run, or not yet. */
export const readOnlineState = (dir: string): OnlineState | null => {
  const file = path.join(dir, FILES.online)
  if (!fs.existsSync(file)) return null
  const { readToNs, objects, broken } = JSON.parse(fs.readFileSync(file, 'utf8')) as OnlineState & FileHeader
  return { readToNs, objects, broken }
}
