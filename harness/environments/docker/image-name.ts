/**
 * What a target's `image` means: the name of a folder of docker/, the path of a folder with a Dockerfile, or the reference of
 * an image that others made.
 */
import crypto from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'

export interface Image {
  readonly tag: string
  /** The folder that it is built from. Null: it is somebody else's image. */
  readonly context: string | null
}

/** The folder docker/ of the package; also found from the compiled code. */
const dockerDir = (): string => {
  const up = import.meta.filename.endsWith('.ts') ? '../../..' : '../../../..'
  return path.resolve(import.meta.dirname, up, 'docker')
}

/** Of all that is in the folder: another content is another image. */
const digestOf = (folder: string): string => {
  const hash = crypto.createHash('sha256')
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name))
    .toSorted()
  for (const file of files) hash.update(path.relative(folder, file)).update(fs.readFileSync(file))
  return hash.digest('hex').slice(0, 12)
}

export const imageOf = (name: string): Image => {
  if (path.isAbsolute(name)) {
    const digest = fs.existsSync(name) ? digestOf(name) : 'absent'
    const base = path
      .basename(name)
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
    return { tag: `faultline/local-${base}:${digest}`, context: name }
  }
  if (/[:/]/.test(name)) return { tag: name, context: null }
  return { tag: `faultline/${name}`, context: path.join(dockerDir(), name) }
}
