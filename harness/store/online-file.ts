/** online.json: what is known of a run that is judged while it goes on. */
import fs from 'node:fs'
import path from 'node:path'
import { type FileHeader, headerOf } from '../history/schema.ts'
import { FILES, writeJson } from './run-store.ts'
import { ownVersion } from './version.ts'

/** A promise that was seen to be broken. */
export interface SeenBroken {
  /** The final finding of the same checker may have another: the beginning of a run does not always tell what it is called. */
  readonly fingerprint: string
  readonly checker: string
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

/** Of a checker that judges by windows: operations are counted, which are invocations and completions. */
export interface WindowCounts {
  readonly checker: string
  /** At most so many are held at a time. */
  readonly most: number
  /** In the window. */
  readonly held: number
  /** All that were taken. */
  readonly operations: number
  /** Those of which nothing was held, since what they use was in use before the window. They wait for the verdict. */
  readonly leftOut: number
  /** Windows in which something was broken. */
  readonly broken: number
  /** So many are broken that no more are judged: the other counts stay as they were. */
  readonly isEnough: boolean
}

/** Of a checker that takes everything once and keeps little of it. */
export interface FollowingCounts {
  readonly checker: string
  /** Operations, samples and lines of logs. */
  readonly taken: number
  /** What it keeps one by one: their number has a bound. */
  readonly things: number
  /** It keeps so many besides, of 14 to 27 bytes each. */
  readonly fingerprints: number
  /** How often something was broken. */
  readonly broken: number
  /** So much is broken, or so often was something suspected that was not, that nothing more is looked at. */
  readonly isEnough: boolean
  /** What waits for the verdict although its checker finds it. Absent: nothing. */
  readonly waits?: string
}

export interface OnlineState {
  /** The operations up to this time of the run have been read, nanoseconds. */
  readonly readToNs: number
  /** Null: the objects of this workload cannot be judged each by itself. */
  readonly objects: ObjectCounts | null
  /** Checkers that judge by windows. */
  readonly windows: readonly WindowCounts[]
  /** Checkers that take everything once. */
  readonly following: readonly FollowingCounts[]
  /** Services whose logs would be needed, and are not there. */
  readonly withoutLog: readonly string[]
  /** Checkers that judge all that is recorded, again and again. */
  readonly whole: readonly string[]
  /** Checkers that need the end of the run: they wait for the verdict. */
  readonly atTheEnd: readonly string[]
  /** In the order in which they were seen. */
  readonly broken: readonly SeenBroken[]
}

export const writeOnlineState = (dir: string, state: OnlineState): void =>
  writeJson(path.join(dir, FILES.online), { ...headerOf('online', ownVersion()), ...state })

/** Null: nobody judges the run, or not yet. */
export const readOnlineState = (dir: string): OnlineState | null => {
  const file = path.join(dir, FILES.online)
  if (!fs.existsSync(file)) return null
  const {
    readToNs,
    objects,
    // Earlier versions had less, and did not say who judged the whole.
    windows = [],
    following = [],
    withoutLog = [],
    whole = [],
    atTheEnd = [],
    broken,
  } = JSON.parse(fs.readFileSync(file, 'utf8')) as Partial<OnlineState> &
    Pick<OnlineState, 'readToNs' | 'objects' | 'broken'> &
    FileHeader
  return { readToNs, objects, windows, following, withoutLog, whole, atTheEnd, broken }
}
