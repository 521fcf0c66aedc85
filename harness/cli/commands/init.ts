/** `faultline init`: writes a target that runs as it is, with an example server and a client to replace, or a workflow. */
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { publishedTypes, ROOT } from '../../store/package.ts'
import { messageOf, UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import type { Platform } from '../ci/issue-script.ts'
import { writeWorkflow } from '../ci/write.ts'
import { typed } from '../shell.ts'

/** Files for every language, and a folder for each language. */
const STARTER = path.join(ROOT, 'targets', 'starter')

/** What has to be done before the first run. */
const BUILD: Readonly<Record<string, (folder: string) => string>> = {
  go: (folder) =>
    `go build -o ${typed(path.join(folder, 'client'))} ${typed(path.join(folder, 'client.go'))}`,
}

/** The nearest `node_modules/<name>` from the folder upwards; null: it is not installed there. */
const installedIn = (folder: string, name: string): string | null => {
  const found = path.join(folder, 'node_modules', name)
  if (fs.existsSync(found)) return found
  const parent = path.dirname(folder)
  return parent === folder ? null : installedIn(parent, name)
}

/** The types of Node that came with this faultline; null: none did. */
const ownNodeTypes = (): string | null => {
  try {
    return path.dirname(createRequire(path.join(ROOT, 'package.json')).resolve('@types/node/package.json'))
  } catch {
    return null
  }
}

/**
 * For an editor. Where faultline is not installed, it is told where its types are. Node runs each file as the ES module that
 * it is, whatever package.json says, and `preserve` checks it as one.
 */
const tsconfigFor = (folder: string): string => {
  const paths = Object.entries(publishedTypes()).map(([specifier, file]) => [specifier, [file]])
  const nodeTypes = installedIn(folder, '@types/node') === null ? ownNodeTypes() : null
  const compilerOptions = {
    strict: true,
    target: 'esnext',
    lib: ['esnext', 'dom'],
    module: 'preserve',
    moduleResolution: 'bundler',
    allowImportingTsExtensions: true,
    erasableSyntaxOnly: true,
    verbatimModuleSyntax: true,
    skipLibCheck: true,
    noEmit: true,
    types: ['node'],
    ...(nodeTypes === null ? {} : { typeRoots: [path.dirname(nodeTypes)] }),
    ...(installedIn(folder, 'faultline') === null ? { paths: Object.fromEntries(paths) } : {}),
  }
  return `${JSON.stringify({ compilerOptions, include: ['*.ts'] }, null, 2)}\n`
}

const readStarter = (language: string): ReadonlyMap<string, string> => {
  const files = new Map<string, string>()
  for (const from of [STARTER, path.join(STARTER, language)])
    for (const entry of fs.readdirSync(from, { withFileTypes: true }))
      if (entry.isFile()) files.set(entry.name, fs.readFileSync(path.join(from, entry.name), 'utf8'))
  return files
}

/** @throws UserError, before anything is written, if a file is there already */
const writeAll = (folder: string, files: ReadonlyMap<string, string>): void => {
  const present = [...files.keys()].find((name) => fs.existsSync(path.join(folder, name)))
  if (present !== undefined)
    throw new UserError(
      `${path.join(folder, present)} exists, and nothing is overwritten: choose another folder, as in \`faultline init mystore\`.`,
    )
  try {
    fs.mkdirSync(folder, { recursive: true })
    for (const [name, text] of files) fs.writeFileSync(path.join(folder, name), text, { flag: 'wx' })
  } catch (error) {
    throw new UserError(`Nothing can be written to ${folder}: ${messageOf(error)}`)
  }
}

/** The command as it can be typed here: `npx` knows only what is installed. */
const commandHere = (): string => {
  const here = process.cwd()
  const isOwn = here === ROOT || here.startsWith(`${ROOT}${path.sep}`)
  return isOwn || installedIn(here, 'faultline') !== null
    ? 'npx faultline'
    : `node ${typed(path.join(ROOT, 'harness', 'launcher.mjs'))}`
}

const sayWhatNext = (folder: string, language: string, files: readonly string[]): void => {
  const shown = path.relative('.', folder) || '.'
  const target = typed(
    path.isAbsolute(shown) ? path.join(shown, 'target.ts') : `./${path.join(shown, 'target.ts')}`,
  )
  const build = BUILD[language]?.(shown)
  const faultline = commandHere()
  const lines = [
    `Written to ${shown}: ${files.join(', ')}.`,
    '',
    'Run it as it is:',
    '',
    ...(build === undefined ? [] : [`    ${build}`]),
    `    ${faultline} run ${target} -w register -n kill,pause --time-limit 20s`,
    '',
    `Then replace server.mjs by your own server, and follow the comments in target.ts and in the client.`,
    `\`${faultline} conform ${target}\` tests whether both keep their contract.`,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

interface InitSettings {
  /** A folder of the starter: the language of the client. */
  readonly language: string
  readonly ci: Platform | undefined
}

export const initCommand = async (given: string, { language, ci }: InitSettings): Promise<number> => {
  const folder = path.resolve(given)
  if (ci !== undefined) return writeWorkflow(folder, ci)
  const files = new Map([...readStarter(language), ['tsconfig.json', tsconfigFor(folder)]])
  writeAll(folder, files)
  sayWhatNext(folder, language, [...files.keys()])
  return EXIT_CODES.valid
}
