/** The files of a run that may be read: regular ones below its folder, and nothing that a link leads to. */
import fs from 'node:fs'
import path from 'node:path'

export interface RunFile {
  /** Below the run's folder, with `/`. */
  readonly name: string
  readonly bytes: number
}

/** A folder deeper than that is none of ours. */
const MAX_DEPTH = 4

export const filesOf = (dir: string, below = '', depth = 0): readonly RunFile[] =>
  fs
    .readdirSync(path.join(dir, below), { withFileTypes: true })
    .flatMap((entry): readonly RunFile[] => {
      const name = below === '' ? entry.name : `${below}/${entry.name}`
      if (entry.isDirectory()) return depth < MAX_DEPTH ? filesOf(dir, name, depth + 1) : []
      if (!entry.isFile()) return []
      return [{ name, bytes: fs.statSync(path.join(dir, name)).size }]
    })
    .sort((a, b) => a.name.localeCompare(b.name))

/** The path of a file that is listed; null: it is not. Only listed names are read, so `..` and links lead nowhere. */
export const fileOf = (dir: string, name: string): string | null =>
  filesOf(dir).some((file) => file.name === name) ? path.join(dir, name) : null

/** Pages that faultline itself wrote into the run's folder: the report, and pages of evidence. */
export const isOwnPage = (name: string): boolean => /^(report|linearizability-key-[\w-]*)\.html$/.test(name)

export const contentType = (name: string): string => {
  if (isOwnPage(name)) return 'text/html; charset=utf-8'
  if (name === 'window.svg') return 'image/svg+xml'
  return 'text/plain; charset=utf-8'
}
