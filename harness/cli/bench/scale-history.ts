/**
 * Histories of any length for `npm run bench:scale`: a workload against the state machine of the bundled Raft, in virtual
 * time. Each call takes effect when it is made, so the history is linearizable; some outcomes stay unknown.
 */
import fs from 'node:fs'
import { isRead, structures } from '../../../targets/protocol/structures/index.ts'
import { type DoneCall, requestsOf } from '../../../targets/protocol/structures/ledger.ts'
import type { Structure } from '../../../targets/protocol/structures/structure.ts'
import type { Thread } from '../../api/generator.ts'
import type { Call, Outcome } from '../../api/history.ts'
import type { Options } from '../../api/options.ts'
import type { Workload } from '../../api/workload.ts'
import { Scheduler } from '../../engine/scheduler.ts'
import { simulate } from '../../engine/simulate.ts'
import { limit } from '../../generators/combinators.ts'
import { encodeOperation } from '../../history/jsonl.ts'
import { encodeHeader } from '../../history/schema.ts'
import { assert } from '../../support/assert.ts'
import { rngFromSeed } from '../../support/random.ts'
import { NS_PER_MS } from '../../support/time.ts'
import { EFFECTS, type LedgerResult, type SinkLine } from '../../vocabularies/effects.ts'
import { defaultsOf } from '../run/options.ts'

export interface ScaleHistory {
  readonly operations: number
  /** Whether the last answers are those of a machine that has lost everything. */
  readonly isBroken: boolean
}

const CONCURRENCY = 20
const NODES = 5
const MEAN_LATENCY_NS = 5 * NS_PER_MS
/** Each read of the set has all elements: with a share of them the history itself would grow with the square of its length. */
const SET_READS = 10
/** One outcome of so many stays unknown, and half of those take effect. */
const UNKNOWN_SHARE = 0.001
/** Where a workload reads nothing at the end, so many of the last calls are answered wrongly. */
const BROKEN_CALLS = 100
const BUFFER_CHARACTERS = 2 ** 20
/** Where the state at the beginning might be one of the end, with transfers of unknown outcome: an account is emptied. */
const LOST_OF: Readonly<Record<string, unknown>> = { bank: [[0, 0]] }

/** Writes lines without keeping them. */
class Lines implements Disposable {
  readonly #fd: number
  #text = ''

  constructor(file: string) {
    this.#fd = fs.openSync(file, 'w')
  }

  write(line: string): void {
    this.#text += line
    if (this.#text.length > BUFFER_CHARACTERS) this.#flush()
  }

  #flush(): void {
    fs.writeSync(this.#fd, this.#text)
    this.#text = ''
  }

  [Symbol.dispose](): void {
    this.#flush()
    fs.closeSync(this.#fd)
  }
}

/** Of the vocabularies with a sink, the machine's own worker carries out those of one. */
export const hasSink = ({ vocabulary }: Workload): boolean => vocabulary.name === EFFECTS.name

/** The log of the sink of a history, if it has one. */
export const sinkOf = (file: string): string => `${file}.sink`

/** Carries out what a machine has accepted, at once, and keeps the sink's log. */
class Worker implements Disposable {
  readonly #lines: Lines
  #seq = 0

  constructor(file: string) {
    this.#lines = new Lines(sinkOf(file))
    this.#lines.write(encodeHeader('service', 'bench'))
    this.#tell({ type: 'start', mode: 'naive', clockMs: 0 })
  }

  /** @param isLost whether the effects get lost on the way, although they are taken for done */
  act(structure: Structure, index: number, nowNs: number, isLost: boolean): void {
    for (const request of requestsOf(structure)) {
      const told = { clockMs: nowNs / NS_PER_MS, request, token: 1, worker: 'n1', attempt: 1, refused: null }
      if (!isLost) this.#tell({ type: 'request', seq: this.#seq++, ...told })
      const done: DoneCall = { f: 'done', value: { key: request.key, worker: 'n1' } }
      structure.execute(done, { index, term: 1, session: 1 })
    }
  }

  #tell(line: SinkLine): void {
    this.#lines.write(`${JSON.stringify(line)}\n`)
  }

  [Symbol.dispose](): void {
    this.#lines[Symbol.dispose]()
  }
}

/** A cluster's own log in one answer: of ten million requests it would be longer than a text can be. */
const LONGEST_LEDGER = 2_000_000

const isTooLong = (value: unknown): boolean =>
  (value as Partial<LedgerResult> | null)?.entries !== undefined &&
  (value as LedgerResult).entries.length > LONGEST_LEDGER

/** Answers calls, with delays and unknown outcomes. */
const responder = (workload: Workload, isWrong: (call: number) => boolean, worker: Worker | null) => {
  const rng = rngFromSeed(2)
  const parts = structures[workload.vocabulary.name]
  assert(parts !== undefined, `the state machine has no ${workload.vocabulary.name}`)
  const [healthy, lost] = [parts.make(null), parts.make(LOST_OF[workload.name] ?? null)]
  let calls = 0
  const outcomeOf = (call: Call, nowNs: number): Outcome => {
    calls += 1
    const isUnknown = rng.float() < UNKNOWN_SHARE
    if (isUnknown && rng.float() < 0.5) return { type: 'info', error: 'lost' }
    const structure = worker === null && isWrong(calls) ? lost : healthy
    const value = isRead(workload.vocabulary.name, call)
      ? structure.read(call)
      : structure.execute(call, { index: calls, term: 1, session: 1 })
    worker?.act(healthy, calls, nowNs, isWrong(calls))
    if (isTooLong(value)) return { type: 'info', error: 'the answer is too long' }
    return isUnknown ? { type: 'info', error: 'lost' } : { type: 'ok', value }
  }
  return (call: Call, _thread: Thread, nowNs: number) => ({
    outcome: outcomeOf(call, nowNs),
    latencyNs: Math.ceil(-Math.log(1 - rng.float()) * MEAN_LATENCY_NS),
  })
}

const sparse = ({ name }: Workload, operations: number): Options =>
  name === 'set' ? { reads: SET_READS / operations } : {}

/** Writes it as `history.jsonl` is written. */
export const writeScaleHistory = (
  file: string,
  workload: Workload,
  { operations, isBroken }: ScaleHistory,
): void => {
  using lines = new Lines(file)
  lines.write(encodeHeader('history', 'bench'))
  const options = { ...defaultsOf(workload.options), ...sparse(workload, operations) }
  const context = { concurrency: CONCURRENCY, nodes: NODES }
  const scheduler: Scheduler<Call> = new Scheduler({
    generator: limit(operations, workload.generator(rngFromSeed(1), options, context)),
    concurrency: CONCURRENCY,
    nemeses: 0,
    rng: rngFromSeed(1),
    record: (operation) => lines.write(encodeOperation(operation)),
  })
  const { finalGenerator } = workload
  using worker = hasSink(workload) ? new Worker(file) : null
  let isFinal = false
  // The last reads of a cluster whose effects get lost are right.
  const isAtTheEnd = finalGenerator === undefined || worker !== null
  const isWrong = (call: number): boolean =>
    isBroken && (isAtTheEnd ? call > operations - BROKEN_CALLS : isFinal)
  const respond = responder(workload, isWrong, worker)
  const endNs = simulate(scheduler, respond)
  if (finalGenerator === undefined) return
  isFinal = true
  scheduler.extend(
    finalGenerator(rngFromSeed(1), options, { ...context, ordinal: (thread) => scheduler.ordinalOf(thread) }),
  )
  simulate(scheduler, respond, endNs)
}
