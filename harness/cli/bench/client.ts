/**
 * What an operation of an HTTP target costs the controller: scheduler, interpreter, pool, the clients of the bundled Raft, their
 * sockets, and the history on disk. A stub answers, in a process of its own and over the loopback, so that only the
 * controller's side is counted. Bridge and faults are not in it. With several nodes, most clients are sent to the leader by their own
 * node, as in a run: nearly two exchanges for an operation.
 */
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { execa } from 'execa'
import { replicatedClient } from '../../../targets/protocol/client.ts'
import { raftOptions } from '../../../targets/raft/options.ts'
import { register } from '../../../workloads/register.ts'
import type { Cluster } from '../../api/environment.ts'
import type { Call } from '../../api/history.ts'
import type { Log } from '../../api/log.ts'
import { ClientLog } from '../../engine/client-log.ts'
import { ClientPool } from '../../engine/client-pool.ts'
import { LoadMeter } from '../../engine/controller-load.ts'
import { ErrorTally } from '../../engine/error-tally.ts'
import { Interpreter } from '../../engine/interpreter.ts'
import { Scheduler } from '../../engine/scheduler.ts'
import { limit } from '../../generators/combinators.ts'
import { encodeOperation } from '../../history/jsonl.ts'
import { LineWriter } from '../../store/line-writer.ts'
import { rngFromSeed } from '../../support/random.ts'
import { NS_PER_MS } from '../../support/time.ts'
import { defaultsOf } from '../run/options.ts'

const CONCURRENCY = 100
const OPERATIONS = 20_000
const ROUNDS = 4
const NODES = Array.from({ length: 5 }, (_, i) => ({ name: `n${i + 1}`, address: `127.0.55.${i + 1}` }))
const SOURCES = ['127.0.55.101', '127.0.55.102']

const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} }

const startStub = async (): Promise<AsyncDisposable> => {
  const file = path.join(import.meta.dirname, `raft-stub${path.extname(import.meta.filename)}`)
  const nodes = NODES.map(({ name, address }) => `${name}=${address}`)
  const stub = execa(process.execPath, [file, ...nodes], { stdin: 'pipe', stdout: 'pipe', reject: false })
  await once(stub.stdout, 'data')
  return {
    [Symbol.asyncDispose]: async () => {
      stub.stdin.end()
      await stub
    },
  }
}

/** Processor time of this process for each operation, in microseconds. */
interface Cost {
  readonly user: number
  readonly system: number
  readonly delayP99Ms: number
}

const costOf = async (operations: number, nodes: number, record: (line: string) => void): Promise<Cost> => {
  const cluster = {
    nodes: NODES.slice(0, nodes),
    services: [],
    clientAddresses: SOURCES,
  } as unknown as Cluster
  const generator = register.generator(rngFromSeed(1), defaultsOf(register.options), {
    concurrency: CONCURRENCY,
    nodes,
  })
  const scheduler: Scheduler<Call> = new Scheduler({
    generator: limit(operations, generator),
    concurrency: CONCURRENCY,
    nemeses: 0,
    rng: rngFromSeed(1),
    nodeOf: (process) => `n${(process % nodes) + 1}`,
    record: (operation) => record(encodeOperation(operation)),
  })
  using log = new ClientLog(SILENT)
  await using pool = new ClientPool({
    client: replicatedClient('register'),
    vocabulary: register.vocabulary,
    cluster,
    concurrency: CONCURRENCY,
    options: defaultsOf(raftOptions),
    log,
    errors: new ErrorTally(),
    processOf: (thread) => scheduler.processOf(thread),
  })
  using meter = new LoadMeter()
  const before = process.cpuUsage()
  await new Interpreter(scheduler, {
    concurrency: CONCURRENCY,
    patienceMs: () => 5000,
    clock: () => performance.now() * NS_PER_MS,
    signal: new AbortController().signal,
    invoke: (thread, call, signal) => pool.invoke(thread, call, signal),
  }).run()
  const { user, system } = process.cpuUsage(before)
  return { user: user / operations, system: system / operations, delayP99Ms: meter.delays().p99 }
}

const lineOf = (nodes: number, { user, system, delayP99Ms }: Cost): string =>
  `client     ${(user + system).toFixed(1)} us of processor time for an operation through HTTP, ${nodes === 1 ? 'one node' : `${nodes} nodes, of which one leads`} (goal: at most 40): ` +
  `${user.toFixed(1)} us user, ${system.toFixed(1)} us system, event loop late by ${delayP99Ms} ms (p99)\n`

export const benchClient = async (): Promise<string> => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'faultline-bench-'))
  try {
    await using _stub = await startStub()
    await using writer = await LineWriter.create(path.join(directory, 'history.jsonl'), (error) => {
      throw error
    })
    const record = (line: string): void => writer.write(line)
    const lineFor = async (nodes: number): Promise<string> => {
      // Compiles what is measured.
      await costOf(OPERATIONS, nodes, record)
      let least = await costOf(OPERATIONS, nodes, record)
      for (let round = 1; round < ROUNDS; round++) {
        const cost = await costOf(OPERATIONS, nodes, record)
        // Whatever disturbs a round makes it longer.
        if (cost.user + cost.system < least.user + least.system) least = cost
      }
      return lineOf(nodes, least)
    }
    return `${await lineFor(1)}${await lineFor(NODES.length)}`
  } finally {
    fs.rmSync(directory, { recursive: true, force: true })
  }
}
