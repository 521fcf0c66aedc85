/** The inside of a run: the controller executes its RunSpec in the sandbox. */
import fs from 'node:fs'
import path from 'node:path'
import readline from 'node:readline'
import type { UndoJournal } from '../../api/journal.ts'
import type { Log, LogLevel } from '../../api/log.ts'
import type { RunFacts, RunSpec } from '../../api/record.ts'
import { runLifecycle } from '../../engine/lifecycle.ts'
import type { RunParts } from '../../engine/run-parts.ts'
import { Capture } from '../../environments/capture/capture.ts'
import { foldersOf } from '../../environments/programs/obtain.ts'
import { FileJournal } from '../../faults/journal.ts'
import { encodeOperation } from '../../history/jsonl.ts'
import { encodeHeader } from '../../history/schema.ts'
import { HarnessLog } from '../../store/harness-log.ts'
import { LineWriter } from '../../store/line-writer.ts'
import { writeMessages } from '../../store/message-file.ts'
import { storedFaultEvent } from '../../store/previous-version.ts'
import { FILES, keepService, writeRunFile } from '../../store/run-store.ts'
import { messageOf, UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { examine } from '../conform/examine.ts'
import { writeSources } from '../online/sources.ts'
import { STOP_LINE } from '../online/watcher.ts'
import { findWorkload } from './find-workload.ts'
import { holdCluster, RELEASE_LINE } from './hold.ts'
import { incidentPlan } from './incidents.ts'
import { startProgress } from './progress.ts'
import { findEnvironment, findIncident, findNemesis, findTarget } from './registries.ts'
import { tryToStore } from './stored.ts'

/** The supervisor's input for the controller: `controller.json` in the state directory. */
export interface ControllerInput {
  readonly spec: RunSpec
  /** The version of faultline. */
  readonly faultline: string
  readonly runDir: string
  readonly stateDir: string
  /** Paths of the target's programs. */
  readonly programs: Readonly<Record<string, string>>
  readonly quiet: boolean
  readonly log: LogChoice
  /** The cluster stands until the supervisor has judged, and perhaps longer. Absent: it does not. */
  readonly freeze?: true
  /** Workloads that ask the calls of clients that are to be tested (`faultline conform`), in place of a run. Absent: a run. */
  readonly conform?: readonly string[]
}

/** The level of the harness's own log, and whether it is also shown on the terminal. */
export interface LogChoice {
  readonly level: LogLevel
  readonly show: boolean
}

/** Supervisor and controller write to the same file. */
export const openLog = (
  { runDir, faultline, log }: Pick<ControllerInput, 'runDir' | 'faultline' | 'log'>,
  source: 'supervisor' | 'controller',
): HarnessLog =>
  new HarnessLog({
    file: path.join(runDir, FILES.log),
    source,
    level: log.level,
    faultline,
    ...(log.show ? { show: (line) => process.stderr.write(`${line}\n`) } : {}),
  })

export const CONTROLLER_FILE = 'controller.json'
/** What `faultline conform` has seen, in the run's folder. */
export const OBSERVATIONS_FILE = 'observations.json'

interface Commands {
  /** Aborted when the supervisor requests it or is gone. */
  readonly end: AbortController
  /** Aborted when enough has been seen (`--fail-fast`). */
  readonly stop: AbortSignal
  /** Resolves when a held cluster is released, and when the run is aborted. */
  readonly released: Promise<void>
}

const listenToSupervisor = (log: Log): Commands => {
  const controller = new AbortController()
  const stop = new AbortController()
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  const abort = (): void => {
    if (!controller.signal.aborted) log.warn('abort requested')
    controller.abort(new UserError('the run was interrupted', EXIT_CODES.harnessFailed))
    release()
  }
  // The terminal sends its signals to the whole process group. Only the supervisor handles them.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => {})
  const lines = readline.createInterface({ input: process.stdin })
  lines.on('line', (line) => {
    if (line === RELEASE_LINE) return release()
    if (line !== STOP_LINE) return abort()
    log.info('the run is stopped')
    stop.abort(new Error('it was stopped by --fail-fast'))
  })
  lines.on('close', abort)
  return { end: controller, stop: stop.signal, released }
}

/** `faultline controller`: the supervisor starts it in the sandbox. */
export const controllerCommand = async (stateDir: string): Promise<number> => {
  const input = JSON.parse(fs.readFileSync(path.join(stateDir, CONTROLLER_FILE), 'utf8')) as ControllerInput
  const log = openLog(input, 'controller')
  try {
    await (input.conform === undefined ? runSpecIn(input, log) : conformIn(input, input.conform, log))
    return EXIT_CODES.valid
  } catch (error) {
    log.error('the run failed', { error: messageOf(error) })
    throw error
  }
}

/** A journal whose entries are also logged. */
const loggedJournal = (stateDir: string, log: Log): UndoJournal => {
  const journal = new FileJournal(stateDir)
  return {
    record: (entry) => {
      journal.record(entry)
      log.debug('effect journalled', { entry })
    },
  }
}

/** What is recorded until then is judged. */
const endUnwritable = (end: AbortController, log: Log, error: unknown): void => {
  if (end.signal.aborted) return
  const why = `the results could not be written any more (${messageOf(error)})`
  process.stderr.write(`faultline: ${why}: the run ends here, and what is recorded is judged.\n`)
  log.error('the results cannot be written', { error: messageOf(error) })
  end.abort(new Error(why))
}

/** What the parts of a run and of a test of a target have in common. */
const partsOf = (
  { spec, stateDir, runDir, programs }: ControllerInput,
  log: HarnessLog,
  { target, workload }: Pick<RunParts, 'target' | 'workload'>,
): Omit<RunParts, 'recorder' | 'progress' | 'capture' | 'hold' | 'stop' | 'signal'> => ({
  spec,
  target,
  workload,
  nemeses: Object.fromEntries(spec.nemeses.map(({ name }) => [name, findNemesis(name)])),
  environment: findEnvironment(spec.environment),
  program: (name) => programs[name] ?? name,
  programFolders: foldersOf(programs),
  stateDir,
  logDir: path.join(runDir, FILES.nodes),
  journal: loggedJournal(stateDir, log),
  log,
})

/** Without them, the run is judged as well. */
const keepMessages = async (
  { runDir, faultline }: ControllerInput,
  capture: Capture,
  log: Log,
): Promise<void> => {
  const { complaint } = capture
  if (complaint !== '') log.warn('the capture is incomplete', { complaint })
  const { messages, gaps } = capture.read()
  log.info('messages captured', { messages: messages.length, gaps: gaps.length })
  await tryToStore(FILES.messages, () =>
    writeMessages(path.join(runDir, FILES.messages), faultline, messages, gaps),
  )
}

const runSpecIn = async (input: ControllerInput, log: HarnessLog): Promise<void> => {
  const { spec, runDir, faultline } = input
  const target = await findTarget(spec.target)
  const workload = await findWorkload(spec.workload)
  const claims = target.claims(spec.targetOptions, workload.vocabulary)
  const { end, stop, released } = listenToSupervisor(log)
  const { signal } = end
  const failed = (error: unknown): void => endUnwritable(end, log, error)
  await using history = await LineWriter.create(path.join(runDir, FILES.history), failed)
  await using faults = await LineWriter.create(path.join(runDir, FILES.faults), failed)
  await using samples = await LineWriter.create(path.join(runDir, FILES.samples), failed)
  await using machine = await LineWriter.create(path.join(runDir, FILES.machine), failed)
  history.write(encodeHeader('history', faultline))
  faults.write(encodeHeader('faults', faultline))
  samples.write(encodeHeader('samples', faultline))
  machine.write(encodeHeader('machine', faultline))
  const progress = startProgress(spec, input.quiet || input.log.show)
  const capture = spec.capture === true ? new Capture(path.join(input.stateDir, 'capture')) : null
  const closeFiles = () => Promise.all([history, faults, samples, machine].map((file) => file.close()))
  const keepFacts = (facts: RunFacts) =>
    tryToStore(FILES.run, () => writeRunFile(runDir, { faultline, spec, claims, facts }))
  const parts: RunParts = {
    ...partsOf(input, log, { target, workload }),
    ...(spec.incident === undefined ? {} : { incident: incidentPlan(await findIncident(spec.incident)) }),
    recorder: {
      started: (monotonicNs, services) => {
        void tryToStore('sources.json', () =>
          writeSources(input.stateDir, { startedNs: monotonicNs, services }),
        )
        log.startClock(monotonicNs)
        capture?.startClock(monotonicNs)
      },
      operation: (operation) => history.write(encodeOperation(operation)),
      fault: (event) => {
        faults.write(`${JSON.stringify(storedFaultEvent(event))}\n`)
        if ('atNs' in event) capture?.mark(event.atNs)
      },
      sample: (sample) => samples.write(`${JSON.stringify(sample)}\n`),
      machine: (sample) => machine.write(`${JSON.stringify(sample)}\n`),
      service: (name, file) => keepService(runDir, name, file, faultline),
    },
    progress,
    capture: capture === null ? null : (cluster) => capture.begin(cluster),
    hold:
      input.freeze === undefined
        ? null
        : async (cluster, facts) => {
            await closeFiles()
            await keepFacts(facts)
            await holdCluster(cluster, input.stateDir, released)
          },
    stop,
    signal,
  }
  try {
    await keepFacts(await runLifecycle(parts))
    if (capture !== null) {
      progress.phase('reading what was captured')
      await keepMessages(input, capture, log)
    }
  } finally {
    progress.stop()
    await closeFiles()
  }
}

/** Tests the target's clients and hooks, and writes what was seen. */
const conformIn = async (
  input: ControllerInput,
  names: readonly string[],
  log: HarnessLog,
): Promise<void> => {
  const { spec, runDir } = input
  const { stop, end } = listenToSupervisor(log)
  const nothing = (): void => {}
  const parts: RunParts = {
    ...partsOf(input, log, {
      target: await findTarget(spec.target),
      workload: await findWorkload(spec.workload),
    }),
    recorder: {
      started: nothing,
      operation: nothing,
      fault: nothing,
      sample: nothing,
      machine: nothing,
      service: nothing,
    },
    progress: {
      phase: (text) => void process.stderr.write(`${text}\n`),
      note: nothing,
      operation: nothing,
      activeFaults: nothing,
    },
    capture: null,
    hold: null,
    stop,
    signal: end.signal,
  }
  const seen = await examine(parts, await Promise.all(names.map(findWorkload)))
  fs.writeFileSync(path.join(runDir, OBSERVATIONS_FILE), `${JSON.stringify(seen)}\n`)
}
