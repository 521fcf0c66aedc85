/**
 * `npm run bench`: the costs of the engine. Ratios count, not absolute figures, since machines are noisy.
 *
 * - load: operations per second through scheduler, interpreter and an in-memory client at concurrency 100, with
 *   history.jsonl written to disk;
 * - scheduler: its own time per operation, in virtual time, without clients;
 * - threads: whether an operation costs more the more threads there are (threads.ts);
 * - client: what an operation of an HTTP target costs the controller (client.ts);
 * - page: the size and the time of a report, and its pictures in a browser (report.ts);
 * - transactions: the time to judge them (checkers.ts);
 * - clock, disk: the overhead of faults while they are in force (faults.ts).
 */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { register } from '../../../workloads/register.ts'
import type { Call } from '../../api/history.ts'
import { Interpreter } from '../../engine/interpreter.ts'
import { Scheduler } from '../../engine/scheduler.ts'
import { simulate } from '../../engine/simulate.ts'
import { FakeRegisters } from '../../environments/fake/register-target.ts'
import { limit } from '../../generators/combinators.ts'
import { encodeOperation } from '../../history/jsonl.ts'
import { encodeHeader } from '../../history/schema.ts'
import { LineWriter } from '../../store/line-writer.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { rngFromSeed } from '../../support/random.ts'
import { NS_PER_MS } from '../../support/time.ts'
import { defaultsOf } from '../run/options.ts'
import { benchCheckers } from './checkers.ts'
import { benchClient } from './client.ts'
import { benchFaults } from './faults.ts'
import { benchReport } from './report.ts'
import { benchThreads } from './threads.ts'

const CONCURRENCY = 100
const OPERATIONS = 200_000
const ROUNDS = 3

const generator = (operations: number) => {
  const options = defaultsOf(register.options)
  return limit(
    operations,
    register.generator(rngFromSeed(1), options, { concurrency: CONCURRENCY, nodes: 5 }),
  )
}

const benchScheduler = (): number => {
  const registers = new FakeRegisters()
  const scheduler: Scheduler<Call> = new Scheduler({
    generator: generator(OPERATIONS),
    concurrency: CONCURRENCY,
    nemeses: 0,
    rng: rngFromSeed(1),
    record: () => {},
  })
  const startMs = performance.now()
  simulate(scheduler, (call) => ({ outcome: registers.apply(call), latencyNs: 1000 }))
  return ((performance.now() - startMs) * 1000) / OPERATIONS
}

const benchLoad = async (): Promise<{ readonly perSecond: number; readonly megabytes: number }> => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'faultline-bench-'))
  try {
    const file = path.join(directory, 'history.jsonl')
    const writer = await LineWriter.create(file, (error) => {
      throw error
    })
    writer.write(encodeHeader('history', 'bench'))
    const registers = new FakeRegisters()
    const scheduler: Scheduler<Call> = new Scheduler({
      generator: generator(OPERATIONS),
      concurrency: CONCURRENCY,
      nemeses: 0,
      rng: rngFromSeed(1),
      record: (operation) => writer.write(encodeOperation(operation)),
    })
    const startMs = performance.now()
    const interpreter = new Interpreter(scheduler, {
      concurrency: CONCURRENCY,
      patienceMs: () => 5000,
      clock: () => performance.now() * NS_PER_MS,
      signal: new AbortController().signal,
      invoke: async (_thread, call) => registers.apply(call),
    })
    await interpreter.run()
    await writer.close()
    const seconds = (performance.now() - startMs) / 1000
    return { perSecond: OPERATIONS / seconds, megabytes: fs.statSync(file).size / 2 ** 20 }
  } finally {
    fs.rmSync(directory, { recursive: true, force: true })
  }
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number

export const benchCommand = async (): Promise<number> => {
  const micros: number[] = []
  const rates: number[] = []
  let megabytes = 0
  for (let round = 0; round < ROUNDS; round++) {
    micros.push(benchScheduler())
    const load = await benchLoad()
    rates.push(load.perSecond)
    megabytes = load.megabytes
  }
  process.stdout.write(
    `scheduler  ${median(micros).toFixed(1)} us per operation (goal: below 20), ${OPERATIONS} operations at concurrency ${CONCURRENCY}\n` +
      `load       ${Math.round(median(rates))} operations/s (goal: above 20000), with a history of ${megabytes.toFixed(1)} MiB on disk\n`,
  )
  process.stdout.write(benchThreads())
  process.stdout.write(await benchClient())
  process.stdout.write(await benchReport())
  process.stdout.write(benchCheckers())
  process.stdout.write(await benchFaults())
  return EXIT_CODES.valid
}
