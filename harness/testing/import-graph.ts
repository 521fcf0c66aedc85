/** Import circles, and exports that no file imports. */
import fs from 'node:fs'
import path from 'node:path'
import { PROJECT_ROOT } from './capabilities.ts'
import type { Source } from './sources.ts'

/** The shortest path of imports from one file to another, including both; null if there is none. */
const shortestPath = (
  importsOf: ReadonlyMap<string, readonly string[]>,
  start: string,
  end: string,
): readonly string[] | null => {
  const cameFrom = new Map<string, string | null>([[start, null]])
  for (const file of cameFrom.keys()) {
    if (file === end) {
      const way = [file]
      for (let at = cameFrom.get(file) ?? null; at !== null; at = cameFrom.get(at) ?? null) way.unshift(at)
      return way
    }
    for (const next of importsOf.get(file) ?? []) if (!cameFrom.has(next)) cameFrom.set(next, file)
  }
  return null
}

/**
 * Import circles as `a -> b -> a`: for each file that is in a circle, but not in one found before, the shortest circle
 * through it. Imports of types count, since a reader of one file of a circle has to read all of them.
 */
export const circlesAmong = (sources: readonly Pick<Source, 'file' | 'imports'>[]): readonly string[] => {
  const importsOf = new Map(
    sources.map(({ file, imports }) => [file, [...new Set(imports.map(({ from }) => from))]] as const),
  )
  const shown = new Set<string>()
  const circles: string[] = []
  for (const [file, imports] of importsOf)
    for (const imported of imports) {
      if (shown.has(file)) break
      const back = shortestPath(importsOf, imported, file)
      if (back === null) continue
      for (const each of back) shown.add(each)
      circles.push([file, ...back].join(' -> '))
    }
  return circles
}

type Conditions = Readonly<Record<string, string>>

/** The sources of the compiled files that the `exports` of a package.json name. */
const publishedBy = (folder: string, files: readonly string[]): ReadonlySet<string> => {
  const manifest = JSON.parse(fs.readFileSync(path.join(PROJECT_ROOT, folder, 'package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, string | Conditions>>
  }
  const published = new Set<string>()
  for (const target of Object.values(manifest.exports)) {
    const compiled = typeof target === 'string' ? target : (target.default ?? '')
    const source = path.posix.join(folder, compiled.replace(/^\.\/\.?dist\//, '').replace(/\.js$/, '.ts'))
    const [before, after] = source.split('*') as [string, string | undefined]
    const found = files.filter((file) =>
      after === undefined ? file === before : file.startsWith(before) && file.endsWith(after),
    )
    if (found.length === 0)
      throw new Error(`${folder}/package.json publishes ${compiled}, and there is no ${source}`)
    for (const file of found) published.add(file)
  }
  return published
}

/** Whether the file is loaded by its path instead of being imported: by vitest, or as a target on a command line. */
const isLoadedByPath = (file: string, sources: readonly Source[]): boolean => {
  const quoted = `${path.posix.basename(file)}'`
  return sources.some(
    ({ text, imports }) => text.includes(quoted) && imports.every(({ from }) => from !== file),
  )
}

/**
 * Files whose exports are used from outside the project's files: by users of the packages and by loaders of modules.
 */
export const entryPoints = (sources: readonly Source[]): ReadonlySet<string> => {
  const files = sources.map(({ file }) => file)
  const modules = sources.filter(({ exports }) => exports.some(({ name }) => name === 'default'))
  return new Set([
    'vitest.config.ts',
    ...modules.map(({ file }) => file).filter((file) => isLoadedByPath(file, sources)),
    ...publishedBy('.', files),
    ...publishedBy('checkers/porcupine-ts', files),
  ])
}

/** `file: name` of each export that no file imports and that is not part of another export's signature. */
export const unusedExports = (
  sources: readonly Pick<Source, 'file' | 'imports' | 'exports'>[],
  entries: ReadonlySet<string>,
): readonly string[] => {
  const used = new Map<string, Set<string> | 'all'>()
  for (const { from, names } of sources.flatMap(({ imports }) => imports)) {
    const known = used.get(from)
    if (names === null || known === 'all') used.set(from, 'all')
    else used.set(from, new Set([...(known ?? []), ...names]))
  }
  const isUsed = (file: string, name: string): boolean => {
    const names = used.get(file)
    return names === 'all' || names?.has(name) === true
  }
  return sources
    .filter(({ file }) => !entries.has(file))
    .flatMap(({ file, exports }) =>
      exports
        .filter(({ name, isPartOfAnother }) => !isPartOfAnother && !isUsed(file, name))
        .map(({ name }) => `${file}: ${name}`),
    )
}
