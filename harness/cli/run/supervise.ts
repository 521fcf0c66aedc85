/**
 * The outside of a run: creates the state directory, journal and watchdog, starts the controller in its sandbox, forwards
 * interruptions, and undoes what is left after the controller ended, for any reason.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import type { Environment } from '../../api/environment.ts'
import type { Log } from '../../api/log.ts'
import type { Options } from '../../api/options.ts'
import type { RunSpec } from '../../api/record.ts'
import type { Target } from '../../api/target.ts'
import type { Workload } from '../../api/workload.ts'
import { isInImage, obtainProgram } from '../../environments/programs/obtain.ts'
import { enterOwnSubtree } from '../../faults/cgroup/groups.ts'
import { cleanUp } from '../../faults/cleanup.ts'
import { createJournal, FileJournal, readJournal, stateDirOf } from '../../faults/journal.ts'
import { bootId, controllerAt, isExiting, startTimeOf } from '../../faults/proc.ts'
import { undoAll } from '../../faults/undo.ts'
import type { HarnessLog } from '../../store/harness-log.ts'
import { createRunDir, FILES, writeRunFile } from '../../store/run-store.ts'
import { ownVersion } from '../../store/version.ts'
import { messageOf, UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { type Watching, watchRun } from '../online/watcher.ts'
import { CONTROLLER_FILE, type ControllerInput, type LogChoice, openLog } from './controller.ts'
import { type Holding, RELEASE_LINE, untilReleased } from './hold.ts'
import { LogLimiter } from './log-limit.ts'
import { tellingBy } from './log-telling.ts'
import { keepLoggedMessages } from './logged-messages.ts'
import { programsOf } from './programs.ts'
import { findEnvironment } from './registries.ts'
import { requireMachine } from './requirements.ts'

const INTERRUPTED_GRACE_MS = 30_000
const CONTROLLER_POLL_MS = 250
/** The controller does not outlive its supervisor, in any sandbox. */
const DIE_WITH_PARENT = ['setpriv', '--pdeathsig', 'KILL', '--']

const siblingModule = (relative: string): string => {
  const extension = import.meta.filename.endsWith('.ts') ? 'ts' : 'js'
  return fileURLToPath(new URL(`${relative}.${extension}`, import.meta.url))
}

const startWatchdog = (stateDir: string): ChildProcess => {
  const watchdog = spawn(process.execPath, [siblingModule('../../faults/watchdog'), stateDir], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  })
  watchdog.unref()
  return watchdog
}

/** Called when nothing is left to undo: the watchdog finds an empty journal and ends. */
const releaseWatchdog = async (watchdog: ChildProcess): Promise<void> => {
  watchdog.ref()
  watchdog.stdin?.end()
  if (watchdog.exitCode === null) await once(watchdog, 'exit')
}

/** First signal: the controller ends the run early and stops the cluster. Second signal, or a timeout: it is killed. */
const passInterruptions = (child: ChildProcess, log: Log): (() => void) => {
  let interrupted = false
  let timer: NodeJS.Timeout | undefined
  const kill = (reason: string): void => {
    log.warn('controller killed', { reason })
    child.kill('SIGKILL')
  }
  const interrupt = (signal: NodeJS.Signals): void => {
    log.warn('interrupted', { signal })
    if (interrupted) return kill('interrupted again')
    interrupted = true
    child.stdin?.write('abort\n')
    timer = setTimeout(
      () => kill(`still running ${INTERRUPTED_GRACE_MS} ms after the interruption`),
      INTERRUPTED_GRACE_MS,
    )
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const name of signals) process.on(name, interrupt)
  return () => {
    clearTimeout(timer)
    for (const name of signals) process.off(name, interrupt)
  }
}

/** One after another: programs of one release are obtained once. */
const obtainPrograms = async (
  environment: Environment,
  target: Target,
  options: Options,
  say: (line: string) => void,
): Promise<Readonly<Record<string, string>>> => {
  const paths: Record<string, string> = {}
  for (const [name, source] of Object.entries(programsOf(target, options)))
    if (environment.needsPrograms || !isInImage(source)) paths[name] = await obtainProgram(name, source, say)
  return paths
}

/**
 * If the controller is killed while a node is frozen, its pid namespace cannot end. The end of the controller is visible
 * only after the freezers are undone. A controller without such a namespace is the child itself, and its end is reported.
 * Returns a function that stops watching.
 */
const thawWhenControllerDies = (childPid: number, stateDir: string, log: HarnessLog): (() => void) => {
  let controller: number | null = null
  const timer = setInterval(() => {
    controller ??= controllerAt(childPid)
    if (controller === null || controller === childPid || !isExiting(controller)) return
    clearInterval(timer)
    const cgroups = (readJournal(stateDir)?.entries ?? []).filter(({ kind }) => kind === 'cgroup')
    log.adoptClock()
    log.info('controller is ending, cgroups are undone', { controller, cgroups: cgroups.length })
    void undoAll(cgroups)
  }, CONTROLLER_POLL_MS)
  return () => clearInterval(timer)
}

export interface SuperviseOptions {
  readonly spec: RunSpec
  readonly target: Target
  readonly workload: Workload
  /** Test the target with the calls of these workloads instead of running the spec. */
  readonly conform?: readonly string[]
  readonly results: string
  readonly quiet: boolean
  readonly log: LogChoice
  /** Keeps the cluster after the run if that is wanted. Null: it is taken down. */
  readonly freeze: Pick<Holding, 'isWanted' | 'mostMs'> | null
  /** The run is judged while it goes on. Null: it is not. */
  readonly watching: Watching | null
  readonly say: (line: string) => void
}

/** Whatever happens, the cluster is released in the end. */
const releaseInTime = async (child: ChildProcess, holding: Holding, log: HarnessLog): Promise<void> => {
  try {
    await untilReleased(holding)
  } catch (error) {
    if (!holding.ended.aborted) log.error('the cluster is released', { error: messageOf(error) })
  }
  child.stdin?.write(`${RELEASE_LINE}\n`)
}

const runInSandbox = async (
  input: ControllerInput,
  { target, freeze, watching, say }: Pick<SuperviseOptions, 'target' | 'freeze' | 'watching' | 'say'>,
  log: HarnessLog,
): Promise<number> => {
  const { spec, stateDir, runDir } = input
  const journal = new FileJournal(stateDir)
  const { prefix } = await findEnvironment(spec.environment).sandbox({ runId: spec.runId, target, journal })
  fs.writeFileSync(path.join(stateDir, CONTROLLER_FILE), JSON.stringify(input))
  const argv = [
    ...DIE_WITH_PARENT,
    ...enterOwnSubtree(spec.runId, journal),
    ...prefix,
    process.execPath,
    siblingModule('../../main'),
    'controller',
    stateDir,
  ]
  const child = spawn(argv[0] as string, argv.slice(1), {
    stdio: ['pipe', 'inherit', 'inherit'],
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  })
  if (child.pid !== undefined) {
    journal.record({
      kind: 'process',
      pid: child.pid,
      startTime: startTimeOf(child.pid) ?? '',
      bootId: bootId(),
    })
  }
  log.info('controller started', { pid: child.pid, environment: spec.environment, sandbox: prefix })
  child.stdin.on('error', () => {})
  const stopPassing = passInterruptions(child, log)
  const stopWatching = thawWhenControllerDies(child.pid ?? 0, stateDir, log)
  const ended = new AbortController()
  using _watch = watching === null ? null : watchRun({ runDir, stateDir }, watching, child, log, say)
  if (freeze !== null) {
    void releaseInTime(
      child,
      { stateDir, runDir, childPid: child.pid ?? 0, ended: ended.signal, ...freeze },
      log,
    )
  }
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
    log.adoptClock()
    log[code === 0 ? 'info' : 'error']('controller ended', { code, signal })
    if (code === 0) return 0
    if (code !== null && code !== 137) return code
    throw new UserError(
      `The controller was killed (${signal ?? 'SIGKILL'}); its cluster ended with it.`,
      EXIT_CODES.harnessFailed,
    )
  } finally {
    stopPassing()
    stopWatching()
    ended.abort()
  }
}

const RESULTS_TIMEOUT_MS = 10_000

/** A network's file system may never answer, and would then hold this process, too. So another one asks. */
const requireAnswer = async (results: string): Promise<void> => {
  const { timedOut } = await execa('mkdir', ['-p', results], { timeout: RESULTS_TIMEOUT_MS, reject: false })
  if (timedOut) throw new Error(`no answer within ${RESULTS_TIMEOUT_MS / 1000} s`)
}

const makeRunDir = async (results: string, spec: RunSpec): Promise<string> => {
  try {
    await requireAnswer(path.resolve(results))
    return createRunDir(path.resolve(results), spec, new Date())
  } catch (error) {
    throw new UserError(
      `Results cannot be written (${messageOf(error)}): choose another folder with --out.`,
      EXIT_CODES.harnessFailed,
    )
  }
}

const beginJournal = (stateDir: string): void => {
  try {
    createJournal(stateDir)
  } catch (error) {
    throw new UserError(
      `The undo journal and the nodes' data cannot be written below ${path.dirname(stateDir)} (${messageOf(error)}): make it writable.`,
      EXIT_CODES.harnessFailed,
    )
  }
}

/** Undoes all entries of the journal. The controller may have undone some already: undoing twice is harmless. */
const undo = async (stateDir: string, log: Log, say: (line: string) => void): Promise<void> => {
  const entries = readJournal(stateDir)?.entries ?? []
  const failures = await cleanUp(stateDir)
  for (const entry of entries) log.debug('undone', { entry })
  log.info('journal undone', { entries: entries.length, failures: failures.length })
  for (const failure of failures) {
    log.error('could not be undone', { failure })
    say(`could not be undone: ${failure}`)
  }
}

const limitLogs = (
  dir: string,
  { spec, target, workload }: Pick<SuperviseOptions, 'spec' | 'target' | 'workload'>,
  log: Log,
): LogLimiter => {
  const claims = target.claims(spec.targetOptions, workload.vocabulary)
  const telling = tellingBy(workload.checkers(spec.workloadOptions), claims)
  return new LogLimiter({ dir, nodes: FILES.nodes, faultline: ownVersion(), telling, log })
}

/** What is judged has every line of the logs that a checker has something to say of. */
const afterLook = (freeze: SuperviseOptions['freeze'], logs: LogLimiter): SuperviseOptions['freeze'] =>
  freeze === null
    ? null
    : {
        ...freeze,
        isWanted: async (frozen) => {
          await logs.look()
          return freeze.isWanted(frozen)
        },
      }

/** Runs the spec and returns the run's folder and the controller's exit code. Leaves nothing but the results. */
export const supervise = async (
  options: SuperviseOptions,
): Promise<{ readonly runDir: string; readonly code: number }> => {
  const { spec, target, workload, conform, results, quiet, freeze, watching, say } = options
  const environment = findEnvironment(spec.environment)
  const why = await environment.whyNot()
  if (why !== null) throw new UserError(why, EXIT_CODES.harnessFailed)
  const stateDir = stateDirOf(spec.runId)
  requireMachine(target, stateDir, spec)
  const programs = await obtainPrograms(environment, target, spec.targetOptions, say)
  const faultline = ownVersion()
  const runDir = await makeRunDir(results, spec)
  const log = openLog({ runDir, faultline, log: options.log }, 'supervisor')
  log.info('run begins', { faultline, spec, programs })
  beginJournal(stateDir)
  const watchdog = startWatchdog(stateDir)
  log.debug('watchdog started', { pid: watchdog.pid, stateDir })
  const logs = limitLogs(runDir, options, log)
  try {
    if (conform === undefined)
      writeRunFile(runDir, {
        faultline,
        spec,
        claims: target.claims(spec.targetOptions, workload.vocabulary),
        facts: null,
      })
    const code = await runInSandbox(
      {
        spec,
        faultline,
        runDir,
        stateDir,
        programs,
        quiet,
        log: options.log,
        ...(conform === undefined ? {} : { conform }),
        ...(freeze === null ? {} : { freeze: true as const }),
      },
      { target, freeze: afterLook(freeze, logs), watching, say },
      log,
    )
    return { runDir, code }
  } finally {
    await undo(stateDir, log, say)
    await logs.close()
    await releaseWatchdog(watchdog)
    if (conform === undefined) keepLoggedMessages(runDir, target, spec, log)
    log.info('run ends')
  }
}
