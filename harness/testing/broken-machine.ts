/**
 * A workload against the state machine of the bundled Raft, in virtual time, where the machine misbehaves in one way. The
 * history is what clients saw of it.
 */

import { isRead, structures } from '../../targets/protocol/structures/index.ts'
import type { Structure } from '../../targets/protocol/structures/structure.ts'
import { raft } from '../../targets/raft/target.ts'
import type { Call, Operation } from '../api/history.ts'
import type { Options } from '../api/options.ts'
import type { RunSpec } from '../api/record.ts'
import type { Workload } from '../api/workload.ts'
import { defaultsOf } from '../cli/run/options.ts'
import { Scheduler } from '../engine/scheduler.ts'
import { simulate } from '../engine/simulate.ts'
import { limit } from '../generators/combinators.ts'
import { rngFromSeed } from '../support/random.ts'
import { type RecordParts, recordOf } from './record.ts'

/**
 * - `healthy`: it does not;
 * - `lost in the end`: the last reads are answered by a machine that has lost everything;
 * - `lost`: in the second half it loses everything again and again;
 * - `stale reads`: reads of the second half show the state of the middle;
 * - `ignored`: some acknowledged changes have no effect;
 * - `late`: they have it long after they were acknowledged.
 */
export const MISBEHAVIOURS = ['healthy', 'lost in the end', 'lost', 'stale reads', 'ignored', 'late'] as const
export type Misbehaviour = (typeof MISBEHAVIOURS)[number]

const CALLS = 600
const LOST_EVERY = 20
const EVERY = 7
const LATE_BY = 60
const CONTEXT = { concurrency: 6, nodes: 3 }
const MEAN_LATENCY_NS = 5e6

class BrokenMachine {
  readonly #vocabulary: string
  readonly #how: Misbehaviour
  #machine: Structure
  readonly #empty: Structure
  #middle: Structure | null = null
  #late: { readonly at: number; readonly call: Call }[] = []
  #calls = 0
  #changes = 0
  isFinal = false
  /** How often it has misbehaved. */
  times = 0

  constructor(vocabulary: string, how: Misbehaviour) {
    this.#vocabulary = vocabulary
    this.#how = how
    this.#machine = this.#copyOf(null)
    this.#empty = this.#copyOf(null)
  }

  #copyOf(machine: Structure | null): Structure {
    const saved = machine === null ? null : structuredClone(machine.save())
    return (structures[this.#vocabulary] as (typeof structures)[string]).make(saved)
  }

  #ask(machine: Structure, call: Call): unknown {
    if (isRead(this.#vocabulary, call)) return machine.read(call)
    return machine.execute(call, { index: this.#calls, term: 1, session: 1 })
  }

  /** What answers this call, if it is not the machine itself. */
  #other(call: Call): Structure | null {
    if (this.#how === 'lost in the end') return this.isFinal ? this.#empty : null
    if (isRead(this.#vocabulary, call))
      return this.#how === 'stale reads' && !this.isFinal ? this.#middle : null
    if (this.#how !== 'ignored' && this.#how !== 'late') return null
    this.#changes += 1
    if (this.#changes % EVERY !== 0) return null
    if (this.#how === 'late') this.#late.push({ at: this.#calls + LATE_BY, call })
    return this.#copyOf(this.#machine)
  }

  get #losesNow(): boolean {
    const isDue = this.#calls > CALLS / 2 && this.#calls % LOST_EVERY === 0
    return this.#how === 'lost' && !this.isFinal && isDue
  }

  answer(call: Call): unknown {
    this.#calls += 1
    const due = this.#late.filter(({ at }) => at <= this.#calls)
    this.#late = this.#late.filter((each) => !due.includes(each))
    for (const each of due) this.#ask(this.#machine, each.call)
    if (this.#calls === CALLS / 2) this.#middle = this.#copyOf(this.#machine)
    if (this.#losesNow) {
      this.#machine = this.#copyOf(null)
      this.times += 1
    }
    const other = this.#other(call)
    if (other !== null) this.times += 1
    return this.#ask(other ?? this.#machine, call)
  }
}

export interface BrokenRun {
  readonly record: ReturnType<typeof recordOf>
  /** How often the machine misbehaved. */
  readonly times: number
}

/**
 * @param workload one whose calls the state machine answers
 * @param given seed absent: 1; options absent: the defaults
 */
export const runOnBroken = (
  workload: Workload,
  how: Misbehaviour,
  given: { readonly seed?: number; readonly options?: Options } = {},
): BrokenRun => {
  const { seed = 1 } = given
  const machine = new BrokenMachine(workload.vocabulary.name, how)
  const options = { ...defaultsOf(workload.options), ...given.options }
  const history: Operation[] = []
  const rng = rngFromSeed(seed + 2)
  const scheduler: Scheduler<Call> = new Scheduler({
    generator: limit(CALLS, workload.generator(rngFromSeed(seed), options, CONTEXT)),
    concurrency: CONTEXT.concurrency,
    nemeses: 0,
    rng: rngFromSeed(seed),
    nodeOf: (process) => `n${1 + (process % CONTEXT.nodes)}`,
    record: (operation) => history.push(structuredClone(operation)),
  })
  const respond = (call: Call) => ({
    outcome: { type: 'ok' as const, value: machine.answer(call) },
    latencyNs: Math.ceil(-Math.log(1 - rng.float()) * MEAN_LATENCY_NS),
  })
  const endNs = simulate(scheduler, respond)
  machine.isFinal = true
  const ordinal = (thread: number): number => scheduler.ordinalOf(thread)
  const last = workload.finalGenerator?.(rngFromSeed(seed), options, { ...CONTEXT, ordinal })
  if (last !== undefined) {
    scheduler.extend(last)
    simulate(scheduler, respond, endNs)
  }
  const parts: RecordParts = {
    history,
    vocabulary: workload.vocabulary,
    workloadOptions: options,
    spec: {
      nodes: CONTEXT.nodes,
      nemeses: [],
      target: raft.name,
      workload: workload.name,
    } as unknown as RunSpec,
    claims: raft.claims(defaultsOf(raft.options), workload.vocabulary),
  }
  return { record: recordOf(parts), times: machine.times }
}
