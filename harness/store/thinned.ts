/** The file that says that a run was thinned: what it found is there, what it recorded is not. */
import fs from 'node:fs'
import path from 'node:path'
import { type FileHeader, headerOf, requireSchema } from '../history/schema.ts'
import { UserError } from '../support/assert.ts'
import { ownVersion } from './version.ts'

/** Beside the files of the run. */
export const THINNED = 'thinned.json'

export interface Thinned {
  /** ISO 8601. */
  readonly at: string
  /** Such as `--keep 5GB`. */
  readonly why: string
  /** The names of the files and folders that were removed. */
  readonly removed: readonly string[]
  /** The names of those that stayed. */
  readonly kept: readonly string[]
}

export const writeThinned = (dir: string, thinned: Thinned): void => {
  const file = path.join(dir, THINNED)
  fs.writeFileSync(
    `${file}.new`,
    `${JSON.stringify({ ...headerOf('thinned', ownVersion()), ...thinned }, null, 2)}\n`,
  )
  fs.renameSync(`${file}.new`, file)
}

/** Null: it was not thinned. */
export const readThinned = (dir: string): Thinned | null => {
  const file = path.join(dir, THINNED)
  if (!fs.existsSync(file)) return null
  const content = JSON.parse(fs.readFileSync(file, 'utf8')) as Thinned & FileHeader
  requireSchema('thinned', content.schema, file)
  return content
}

export const thinnedSentence = ({ at, why, kept }: Thinned): string =>
  `This run was thinned on ${at.slice(0, 10)} (${why}), so its history and its report are gone, and it cannot be judged again. What it found is in ${kept.join(', ')}.`

/** @throws UserError if the run was thinned */
export const refuseThinned = (dir: string): void => {
  const thinned = readThinned(dir)
  if (thinned !== null) throw new UserError(`${dir}: ${thinnedSentence(thinned)}`)
}
