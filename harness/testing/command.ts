/** The command line as a user runs it, for end-to-end tests. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { execa, type ResultPromise } from 'execa'
import type { RunVerdict } from '../api/verdict.ts'
import { PROJECT_ROOT } from './capabilities.ts'
import { FOLDER_VARIABLE } from './leftovers.ts'

const MAIN = path.join(PROJECT_ROOT, 'harness', 'main.ts')

/** Without this cache, each start of the program would spend half of its time compiling the same files again. */
const NODE_COMPILE_CACHE = path.join(PROJECT_ROOT, '.cache', 'node')
const BARE = { reject: false, stdin: 'ignore', env: { NO_COLOR: '1', NODE_COMPILE_CACHE } } as const

/**
 * Every process that a run starts has the folder of its results in its environment, by which `leftovers.ts` finds it.
 */
const marked = (args: readonly string[]): Readonly<Record<string, string>> => {
  const folder = args[args.indexOf('--out') + 1]
  return args.includes('--out') && folder !== undefined ? { [FOLDER_VARIABLE]: folder } : {}
}

export const start = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ResultPromise<typeof BARE> => {
  const options = { ...BARE, env: { ...BARE.env, ...marked(args), ...env } }
  return execa(process.execPath, [MAIN, ...args], options) as ResultPromise<typeof BARE>
}

export interface Finished {
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string
}

export const faultline = async (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> => {
  const { exitCode, stdout, stderr } = await start(args, env)
  return { exitCode, stdout, stderr }
}

export interface FinishedRun extends Finished {
  readonly verdict: RunVerdict & { readonly runDir: string; readonly reportFile: string }
}

const withVerdict = ({ exitCode, stdout, stderr }: Awaited<ReturnType<typeof start>>): FinishedRun => {
  if (stdout === '') throw new Error(`exit ${exitCode}: ${stderr}`)
  return { exitCode, stdout, stderr, verdict: JSON.parse(stdout) as FinishedRun['verdict'] }
}

/** Runs the command and returns the run with its verdict. Throws with stderr if there was no run. */
export const run = async (out: string, args: readonly string[]): Promise<FinishedRun> =>
  withVerdict(await start(['run', ...args, '--out', out, '--json']))

/** The same, but calls `disturb` once the clients are running. Its signal is aborted when the run is over. */
export const runWhile = async (
  out: string,
  args: readonly string[],
  disturb: (over: AbortSignal) => Promise<void>,
): Promise<FinishedRun> => {
  const over = new AbortController()
  const running = start(['run', ...args, '--out', out, '--json'])
  let disturbing: Promise<void> | null = null
  running.stderr.on('data', (chunk: Buffer) => {
    if (/ {2}running {2}/.test(String(chunk))) disturbing ??= disturb(over.signal)
  })
  try {
    return withVerdict(await running)
  } finally {
    over.abort()
    await disturbing
  }
}

/** A folder that is removed at the end of the scope. */
export const temporaryFolder = (parent = os.tmpdir()): { readonly path: string } & Disposable => {
  const folder = fs.mkdtempSync(path.join(parent, 'faultline-test-'))
  return { path: folder, [Symbol.dispose]: () => fs.rmSync(folder, { recursive: true, force: true }) }
}
