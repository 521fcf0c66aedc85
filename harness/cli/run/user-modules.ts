/**
 * Modules that users write are loaded as Node loads modules, with two differences:
 *
 * - a `.ts` or `.js` file that imports or exports is an ES module, also where package.json says `"type": "commonjs"`, as
 *   `npm init -y` writes it;
 * - `faultline` and its published parts are those of the faultline that runs, so a module works without an installation.
 *
 * A module that cannot be loaded is one sentence, with file and line if they can be found.
 */
import fs from 'node:fs'
import { registerHooks } from 'node:module'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { compileFunction } from 'node:vm'
import { publishedFile } from '../../store/package.ts'
import { messageOf, UserError } from '../../support/assert.ts'

/** Formats of a file that is a CommonJS module only because of its package.json -> the same as an ES module. */
const AS_ES_MODULE: Readonly<Record<string, string>> = {
  commonjs: 'module',
  'commonjs-typescript': 'module-typescript',
}
const COMMONJS_PARAMETERS = ['exports', 'require', 'module', '__filename', '__dirname']

/** A line that begins as an import or an export does, not one that calls `import()`. */
const STATEMENT = /^\s*(?:import|export)\s*(?:[\w$*{'"])/m

/** Whether the text imports or exports, and, where that can be tried, is no CommonJS module. */
const isEsModule = (text: string, isTypeScript: boolean): boolean => {
  if (!STATEMENT.test(text)) return false
  if (isTypeScript) return true
  try {
    compileFunction(text, COMMONJS_PARAMETERS)
    return false
  } catch {
    return true
  }
}

const formatOf = (url: string, format: string | null | undefined): string | undefined => {
  const asModule = AS_ES_MODULE[format ?? '']
  if (asModule === undefined || !url.startsWith('file:')) return undefined
  const file = fileURLToPath(url)
  // Their names say what they are.
  if (!/\.[jt]s$/.test(file) || file.split(path.sep).includes('node_modules')) return undefined
  return isEsModule(fs.readFileSync(file, 'utf8'), file.endsWith('.ts')) ? asModule : undefined
}

let areHooked = false

const hookOnce = (): void => {
  if (areHooked) return
  areHooked = true
  registerHooks({
    resolve: (specifier, context, next) => {
      const published = publishedFile(specifier)
      const resolved = next(published === null ? specifier : pathToFileURL(published).href, context)
      const format = formatOf(resolved.url, resolved.format)
      return format === undefined ? resolved : { ...resolved, format }
    },
  })
}

/** `file:line` of the first place in a user's file that the error's stack names; null: it names none. */
const placeIn = (error: unknown): string | null => {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  for (const [, file = '', line] of stack.matchAll(/(?:^|at |\()(?:file:\/\/)?(\/[^\n():]+):(\d+)/gm))
    if (file !== import.meta.filename && !file.includes('/node_modules/')) return `${decodeURI(file)}:${line}`
  return null
}

/** The first syntax error of the module and of those that it imports by path, as `file:line: what`; null: none was found. */
const syntaxErrorOf = async (file: string): Promise<string | null> => {
  const { build } = await import('esbuild')
  const result = await build({
    entryPoints: [file],
    absWorkingDir: path.dirname(file),
    bundle: true,
    packages: 'external',
    write: false,
    logLevel: 'silent',
    platform: 'node',
    format: 'esm',
  }).catch((error: unknown) => error as Awaited<ReturnType<typeof build>>)
  const [first] = result.errors ?? []
  if (first?.location == null) return null
  const { file: at, line, column } = first.location
  return `${path.resolve(path.dirname(file), at)}:${line}:${column + 1}: ${first.text}`
}

/** As the end of a sentence. */
const whyNotLoaded = async (file: string, error: unknown): Promise<string> => {
  const [message = ''] = messageOf(error).split('\n')
  const place = placeIn(error)
  if (place !== null) return `${place}: ${message}`
  return (error instanceof SyntaxError ? await syntaxErrorOf(file) : null) ?? message
}

/** What a compiled CommonJS module exports as `default` is one level deeper. */
const unwrapped = (exported: unknown): unknown =>
  typeof exported === 'object' && exported !== null && '__esModule' in exported && 'default' in exported
    ? exported.default
    : exported

/**
 * The default export of the user's module at that path, or its `module.exports`.
 *
 * @param kind what it is to be, for the sentence
 * @throws UserError that says why it could not be loaded, and where
 */
export const importUserModule = async (kind: string, file: string): Promise<unknown> => {
  if (!fs.existsSync(file)) throw new UserError(`There is no ${kind} module at ${file}.`)
  hookOnce()
  try {
    return unwrapped(((await import(pathToFileURL(file).href)) as { default?: unknown }).default)
  } catch (error) {
    throw new UserError(`The ${kind} module ${file} could not be loaded: ${await whyNotLoaded(file, error)}`)
  }
}
