/**
 * Faultline's own folder of programs. A program is there wholly or not at all: it is made in a folder beside its place, which
 * is renamed at last. What a process that was killed has left half made is removed by the next one.
 */
import fs from 'node:fs'
import path from 'node:path'
import { isAlive } from '../../faults/proc.ts'
import { cacheDir } from '../packages.ts'
import { sha256Of } from './checksum.ts'

const CHECKSUMS = '.checksums'
const UNFINISHED = '.unfinished-'

export const programsDir = (): string => path.join(cacheDir(), 'programs')

/**
 * Where it is kept. Whatever changes its content changes the name too.
 *
 * @param name for people
 * @param content all that the content depends on
 */
export const placeOf = (name: string, content: unknown): string => {
  const readable = name.replace(/[^\w.-]+/g, '-').replace(/^[-.]+/, '')
  return path.join(programsDir(), `${readable}-${sha256Of(JSON.stringify(content)).slice(0, 12)}`)
}

const removeUnfinished = (): void => {
  for (const entry of fs.readdirSync(programsDir())) {
    const owner = entry.startsWith(UNFINISHED) ? Number(entry.slice(UNFINISHED.length).split('-')[0]) : null
    if (owner !== null && !isAlive(owner))
      fs.rmSync(path.join(programsDir(), entry), { recursive: true, force: true })
  }
}

/** Another process may have put the same program there meanwhile. */
const moveTo = (place: string, made: string): void => {
  try {
    fs.renameSync(made, place)
  } catch (error) {
    if (!fs.existsSync(path.join(place, CHECKSUMS))) throw error
  }
}

/** @param make fills an empty folder and returns lines of checksums, which are kept in it */
export const keepProgram = async (
  place: string,
  make: (folder: string) => Promise<readonly string[]>,
): Promise<void> => {
  fs.mkdirSync(programsDir(), { recursive: true })
  removeUnfinished()
  const folder = fs.mkdtempSync(path.join(programsDir(), `${UNFINISHED}${process.pid}-`))
  try {
    // Nodes may run as other users.
    fs.chmodSync(folder, 0o755)
    const sums = await make(folder)
    fs.writeFileSync(path.join(folder, CHECKSUMS), sums.map((line) => `${line}\n`).join(''))
    moveTo(place, folder)
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

/** The folder of the cache that a file is in; null if it is in none. */
export const folderOfProgram = (file: string): string | null => {
  const [folder = '', ...outside] = path.relative(programsDir(), file).split(path.sep)
  return folder === '' || folder === '..' || (outside.length === 0 && !fs.existsSync(file))
    ? null
    : path.join(programsDir(), folder)
}

export const sizeOf = (folder: string): number =>
  fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + fs.statSync(path.join(entry.parentPath, entry.name)).size, 0)
