/**
 * Setting a node's data directory back to an older state: copied while the node is stopped, restored while it is down.
 */
import fs from 'node:fs'
import path from 'node:path'
import { execa } from 'execa'

/** Copies the whole directory with all file attributes. */
export const copyData = async (from: string, to: string): Promise<void> => {
  fs.rmSync(to, { recursive: true, force: true })
  await execa('cp', ['--archive', '--reflink=auto', '--sparse=always', from, to])
}

interface DataFile {
  readonly name: string
  readonly size: number
  readonly mtimeMs: number
}

const filesOf = (directory: string): readonly DataFile[] =>
  fs
    .readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const file = path.join(entry.parentPath, entry.name)
      const { size, mtimeMs } = fs.statSync(file)
      return { name: path.relative(directory, file), size, mtimeMs }
    })

const isSame = (a: string, b: string): boolean =>
  fs.existsSync(b) &&
  fs.statSync(a).size === fs.statSync(b).size &&
  fs.readFileSync(a).equals(fs.readFileSync(b))

/** Empties the directory but keeps it, since it may be bind-mounted elsewhere. Returns the number of files removed. */
export const wipeData = (directory: string): number => {
  const { length } = filesOf(directory)
  for (const name of fs.readdirSync(directory)) fs.rmSync(path.join(directory, name), { recursive: true })
  return length
}

/**
 * Restores the older copy. With `newest`, restores only that many of the changed files, the most recently written
 * ones. Returns the names of the files whose content changed.
 */
export const rollBackData = async (
  directory: string,
  older: string,
  newest: number | null,
): Promise<readonly string[]> => {
  const changed = filesOf(directory)
    .filter(({ name }) => !isSame(path.join(directory, name), path.join(older, name)))
    .sort((a, b) => b.mtimeMs - a.mtimeMs)
    .slice(0, newest ?? undefined)
    .map(({ name }) => name)
  if (newest === null) {
    wipeData(directory)
    await execa('cp', ['--archive', `${older}/.`, directory])
    return changed
  }
  for (const name of changed) {
    const [now, before] = [path.join(directory, name), path.join(older, name)]
    fs.rmSync(now)
    if (fs.existsSync(before)) fs.copyFileSync(before, now)
  }
  return changed
}
