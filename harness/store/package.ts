/** What the package of faultline publishes, and where that is: in the package that runs, or in its clone. */
import fs from 'node:fs'
import path from 'node:path'

const isClone = import.meta.filename.endsWith('.ts')

/** The root of the package; also correct for the compiled code, which is in .dist. */
export const ROOT = path.resolve(import.meta.dirname, isClone ? '../..' : '../../..')

interface Published {
  readonly types: string
  readonly default: string
}

const readExports = (): Readonly<Record<string, Published>> =>
  (
    JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
      readonly exports: Readonly<Record<string, Published>>
    }
  ).exports

/** A clone has the sources in place of the compiled files. */
const placed = (compiled: string): string =>
  path.join(
    ROOT,
    isClone ? compiled.replace(/^\.\/\.dist\//, './').replace(/(?:\.d\.ts|\.js)$/, '.ts') : compiled,
  )

const specifierOf = (entry: string): string => `faultline${entry.slice(1)}`

/** Specifier, perhaps with one `*` -> file with its types. */
export const publishedTypes = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(readExports()).map(([entry, { types }]) => [specifierOf(entry), placed(types)]),
  )

/** The file that a specifier such as `faultline/http` stands for; null: it is none of ours. */
export const publishedFile = (specifier: string): string | null => {
  if (specifier !== 'faultline' && !specifier.startsWith('faultline/')) return null
  for (const [entry, { default: compiled }] of Object.entries(readExports())) {
    const [before = '', after] = specifierOf(entry).split('*')
    if (after === undefined && specifier === before) return placed(compiled)
    if (after === undefined || !specifier.startsWith(before) || !specifier.endsWith(after)) continue
    return placed(compiled.replace('*', specifier.slice(before.length, specifier.length - after.length)))
  }
  return null
}
