/**
 * One run of a campaign: the command that a user would type, in a process of its own. So a run that crashes or is killed
 * takes nothing with it, and its supervisor cleans up as always.
 */
import fs from 'node:fs'
import path from 'node:path'
import { execa } from 'execa'
import type { Findings } from '../../api/finding.ts'
import type { RunFacts, RunSpec } from '../../api/record.ts'
import type { RunVerdict } from '../../api/verdict.ts'
import type { RunEnd } from '../../campaign/outcome.ts'
import { ROOT } from '../../store/package.ts'
import { FILES } from '../../store/run-store.ts'

/** If the campaign dies, for whatever reason, the run is interrupted, and ends as after Ctrl-C. */
const INTERRUPT_WITH_PARENT = ['--pdeathsig', 'TERM', '--']
const LAUNCHER = path.join(ROOT, 'harness', 'launcher.mjs')
const LAST_CHARACTERS = 4000

export interface ChildRun extends RunEnd {
  /** Null: it did not begin, or not to its end. */
  readonly runDir: string | null
  readonly spec: RunSpec | null
  readonly facts: RunFacts | null
}

/** What a file of the run says; null: it is not there, or torn. */
const readJson = <T>(dir: string | null, file: string): T | null => {
  if (dir === null) return null
  try {
    return JSON.parse(fs.readFileSync(path.join(dir, file), 'utf8')) as T
  } catch {
    return null
  }
}

type Answer = RunVerdict & { readonly runDir: string }

/** A run that failed names its folder on standard error. */
const folderIn = (stderr: string): string | null =>
  /\(its folder: (.+)\)\.\s*$/.exec(stderr.trim())?.[1] ?? null

const answerIn = (stdout: string): Answer | null => {
  try {
    return JSON.parse(stdout) as Answer
  } catch {
    return null
  }
}

interface Ended {
  readonly stdout: string
  readonly stderr: string
  /** Null: it was killed. */
  readonly exitCode: number | null
}

/** @param words behind `faultline` @param signal interrupts it */
export const faultlineChild = async (words: readonly string[], signal: AbortSignal): Promise<Ended> => {
  const argv = [process.execPath, LAUNCHER, ...words]
  const child = execa('setpriv', [...INTERRUPT_WITH_PARENT, ...argv], {
    reject: false,
    stdin: 'ignore',
    // The terminal's Ctrl-C would reach it besides ours, and a second one kills.
    detached: true,
    cleanup: false,
    // It takes its cluster down first, and knows by itself when that takes too long.
    forceKillAfterDelay: false,
  })
  const interrupt = (): void => void child.kill('SIGTERM')
  signal.addEventListener('abort', interrupt, { once: true })
  if (signal.aborted) interrupt()
  const { stdout, stderr, exitCode } = await child
  signal.removeEventListener('abort', interrupt)
  return { stdout, stderr, exitCode: exitCode ?? null }
}

/** @param words behind `faultline run` @param signal interrupts it */
export const runChild = async (
  words: readonly string[],
  out: string,
  signal: AbortSignal,
): Promise<ChildRun> => {
  const argv = ['run', ...words, '--out', out, '--format', 'json']
  const { stdout, stderr, exitCode } = await faultlineChild(argv, signal)
  const answer = answerIn(stdout)
  const runDir = answer?.runDir ?? folderIn(stderr)
  const run = readJson<{ readonly spec: RunSpec; readonly facts: RunFacts | null }>(runDir, FILES.run)
  return {
    exitCode,
    verdict: answer,
    findings: readJson<Findings>(answer === null ? null : runDir, FILES.findings),
    lastWords: stderr.slice(-LAST_CHARACTERS),
    runDir,
    spec: run?.spec ?? null,
    facts: run?.facts ?? null,
  }
}
