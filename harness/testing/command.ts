/** The command line as a user runs it, for end-to-end tests. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { execa, type ResultPromise } from 'execa'
import type { RunVerdict } from '../api.ts'
import { PROJECT_ROOT } from './capabilities.ts'

export const MAIN = path.join(PROJECT_ROOT, 'harness', 'main.ts')

const BARE = { reject: false, stdin: 'ignore', env: { NO_COLOR: '1' } } as const

export const start = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ResultPromise<typeof BARE> =>
  execa(process.execPath, [MAIN, ...args], { ...BARE, env: { ...BARE.env, ...env } }) as ResultPromise<
    typeof BARE
  >

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

/** A run with its verdict; a run that did not come about throws with what it said. */
export const run = async (out: string, args: readonly string[]): Promise<FinishedRun> => {
  const finished = await faultline(['run', ...args, '--out', out, '--json'])
  if (finished.stdout === '') throw new Error(`exit ${finished.exitCode}: ${finished.stderr}`)
  return { ...finished, verdict: JSON.parse(finished.stdout) as FinishedRun['verdict'] }
}

/** A folder that is removed at the end of the scope. */
export const temporaryFolder = (): { readonly path: string } & Disposable => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'faultline-test-'))
  return { path: folder, [Symbol.dispose]: () => fs.rmSync(folder, { recursive: true, force: true }) }
}
