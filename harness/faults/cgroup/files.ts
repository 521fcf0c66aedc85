/** Reading and writing the files of a cgroup. */
import fs from 'node:fs'
import path from 'node:path'

export const readCgroup = (directory: string, file: string): string =>
  fs.readFileSync(path.join(directory, file), 'latin1').trim()

export const writeCgroup = (directory: string, file: string, value: string | number): void =>
  fs.writeFileSync(path.join(directory, file), String(value))

/** The value of a line `name value` in a statistics file; 0 if there is no such line. */
export const statOfCgroup = (directory: string, file: string, name: string): number =>
  Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(readCgroup(directory, file))?.[1] ?? 0)

/** The words of a file such as a list of controllers; none if it cannot be read. */
export const wordsOfCgroup = (directory: string, file: string): readonly string[] => {
  try {
    return readCgroup(directory, file).split(/\s+/).filter(Boolean)
  } catch {
    return []
  }
}

export const addToCgroup = (directory: string, pid: number): void =>
  writeCgroup(directory, 'cgroup.procs', pid)

export const hasFile = (directory: string, file: string): boolean => fs.existsSync(path.join(directory, file))

export const isWritable = (file: string): boolean => {
  try {
    fs.accessSync(file, fs.constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** The files that thaw a group of each version, and what is written to them. */
const THAW: Readonly<Record<string, string>> = { 'freezer.state': 'THAWED', 'cgroup.freeze': '0' }

/** Does nothing if there is no such group. */
export const thawCgroup = (directory: string): void => {
  for (const [file, value] of Object.entries(THAW))
    if (hasFile(directory, file)) writeCgroup(directory, file, value)
}
