/** The inside of a run: what the sandboxed controller does with the RunSpec it was handed. */
import fs from 'node:fs'
import path from 'node:path'
import readline from 'node:readline'
import type { RunSpec } from '../../api/record.ts'
import { type RunParts, runLifecycle } from '../../engine/lifecycle.ts'
import { FileJournal } from '../../faults/journal.ts'
import { encodeHeader, encodeOperation } from '../../history/jsonl.ts'
import { LineWriter } from '../../store/line-writer.ts'
import { storedFaultEvent } from '../../store/previous-version.ts'
import { FILES, keepService, writeRunFile } from '../../store/run-store.ts'
import { startProgress } from './progress.ts'
import { findNemesis, findTarget, findWorkload } from './registries.ts'
import { environmentFor } from './spec.ts'

/** What the supervisor hands over, as `controller.json` in the state directory. */
export interface ControllerInput {
  readonly spec: RunSpec
  readonly runDir: string
  readonly stateDir: string
  /** Paths of the target's programs. */
  readonly programs: Readonly<Record<string, string>>
  readonly quiet: boolean
}

export const CONTROLLER_FILE = 'controller.json'

/** Aborted when the supervisor says so, or is gone. */
const listenForAbort = (): AbortSignal => {
  const controller = new AbortController()
  const abort = (): void => controller.abort(new Error('interrupted'))
  // Signals of the terminal reach the whole group: the supervisor decides what they mean.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => {})
  const lines = readline.createInterface({ input: process.stdin })
  lines.on('line', abort)
  lines.on('close', abort)
  return controller.signal
}

export const runController = async (stateDir: string): Promise<void> => {
  const input = JSON.parse(fs.readFileSync(path.join(stateDir, CONTROLLER_FILE), 'utf8')) as ControllerInput
  const { spec, runDir } = input
  const target = await findTarget(spec.target)
  const claims = target.claims(spec.targetOptions)
  const signal = listenForAbort()
  await using history = await LineWriter.create(path.join(runDir, FILES.history))
  await using faults = await LineWriter.create(path.join(runDir, FILES.faults))
  await using samples = await LineWriter.create(path.join(runDir, FILES.samples))
  history.write(encodeHeader())
  const progress = startProgress(spec, input.quiet)
  const parts: RunParts = {
    spec,
    target,
    workload: findWorkload(spec.workload),
    nemeses: Object.fromEntries(spec.nemeses.map(({ name }) => [name, findNemesis(name)])),
    environment: environmentFor(spec.environment, spec.runId),
    program: (name) => input.programs[name] ?? name,
    stateDir,
    logDir: path.join(runDir, FILES.nodes),
    journal: new FileJournal(stateDir),
    recorder: {
      operation: (operation) => history.write(encodeOperation(operation)),
      fault: (event) => faults.write(`${JSON.stringify(storedFaultEvent(event))}\n`),
      sample: (sample) => samples.write(`${JSON.stringify(sample)}\n`),
      service: (name, file) => keepService(runDir, name, file),
    },
    progress,
    signal,
  }
  try {
    const facts = await runLifecycle(parts)
    writeRunFile(runDir, { spec, claims, facts })
  } finally {
    progress.stop()
    await Promise.all([history.close(), faults.close(), samples.close()])
  }
}
