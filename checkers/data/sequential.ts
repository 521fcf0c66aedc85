/**
 * Sequential consistency of register histories (Lamport 1979): one order of all operations explains what was returned, and
 * keeps the order of each process; real time does not matter. Deciding it is NP-complete even if every value is written once
 * (Gibbons and Korach 1997), and unlike linearizability it cannot be decided key by key. So three things are tried:
 *
 * - refute it: a history that is not causally consistent is not sequentially consistent either;
 * - find an order: processes take turns; a read goes as soon as it finds its value, and a write waits until everybody has
 *   read the value that it replaces. An order that is found is a proof, but this search does not go back;
 * - find an order that also respects real time: a linearizable history is sequentially consistent.
 *
 * If all three fail, it is not decided.
 */
import type { Pair } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { RegisterCall, RegisterResult, RegisterValue } from '../../harness/vocabularies/register.ts'
import { held, inText, type Scalar } from '../../harness/vocabularies/values.ts'
import { type Judged, notJudged } from '../verdict.ts'
import { judgeCausal } from './causal.ts'

/** One operation in the order of its process. */
interface Step {
  readonly index: number
  readonly key: Scalar
  /** What it found; undefined: it does not read. */
  readonly found: RegisterValue | undefined
  /** A failed comparison: it found another value than this. Undefined: it is no such call. */
  readonly not: RegisterValue | undefined
  /** Undefined: it does not write. */
  readonly wrote: Scalar | undefined
}

const STEP = { found: undefined, not: undefined, wrote: undefined }

/** Null for an operation that restricts nothing: it failed, or its outcome is unknown and nobody read what it wrote. */
const stepOf = ({ invocation, completion }: Pair, wasRead: (name: string) => boolean): Step | null => {
  if (completion?.type === 'fail') return null
  const call = { f: invocation.f, value: invocation.value } as RegisterCall
  const result = completion?.type === 'ok' ? (completion.value as RegisterResult) : null
  const { key } = call.value
  const of = { ...STEP, index: invocation.index, key }
  if (call.f === 'read')
    return result === null ? null : { ...of, found: (result as { value: RegisterValue }).value }
  const wrote = call.f === 'write' ? call.value.value : call.value.next
  if (result === null && !wasRead(held(key, wrote))) return null
  if (call.f === 'write') return { ...of, wrote }
  const { expected } = call.value
  const isRefused = result !== null && 'applied' in result && !result.applied
  return isRefused ? { ...of, not: expected } : { ...of, found: expected, wrote }
}

const valuesRead = (pairs: readonly Pair[]): ReadonlySet<string> =>
  new Set(
    pairs.flatMap(({ invocation, completion }) => {
      if (completion?.type !== 'ok') return []
      const call = { f: invocation.f, value: invocation.value } as RegisterCall
      const { key } = call.value
      const result = completion.value as { readonly value?: RegisterValue; readonly applied?: boolean }
      const value =
        call.f === 'read' ? result.value : call.f === 'cas' && result.applied ? call.value.expected : null
      return value == null ? [] : [held(key, value)]
    }),
  )

/** The steps of each process, in its order. */
const programsOf = (pairs: readonly Pair[]): readonly (readonly Step[])[] => {
  const read = valuesRead(pairs)
  const byProcess = Map.groupBy(pairs, ({ invocation }) => invocation.process)
  return [...byProcess.values()].map((all) =>
    all.flatMap((pair) => stepOf(pair, (name) => read.has(name)) ?? []),
  )
}

/** The registers while processes take turns. */
class Turns {
  readonly #values = new Map<Scalar, RegisterValue>()
  /** Value of a key -> how many steps have yet to find it. */
  readonly #waiting = new Map<string, number>()
  readonly #initial: RegisterValue

  constructor(programs: readonly (readonly Step[])[], initial: RegisterValue) {
    this.#initial = initial
    for (const { key, found } of programs.flat()) if (found !== undefined) this.#expect(key, found, 1)
  }

  #expect(key: Scalar, value: RegisterValue, change: number): void {
    const name = `${inText(key)} ${value === null ? 'null' : inText(value)}`
    this.#waiting.set(name, (this.#waiting.get(name) ?? 0) + change)
  }

  #waitingFor(key: Scalar, value: RegisterValue): number {
    return this.#waiting.get(`${inText(key)} ${value === null ? 'null' : inText(value)}`) ?? 0
  }

  #valueOf(key: Scalar): RegisterValue {
    return this.#values.get(key) ?? this.#initial
  }

  /** Whether it finds what it found. */
  isPossible({ key, found, not }: Step): boolean {
    const value = this.#valueOf(key)
    return (found === undefined || found === value) && (not === undefined || not !== value)
  }

  /** Whether nobody else has yet to find the value that it replaces. */
  isDue({ key, found }: Step): boolean {
    return this.#waitingFor(key, this.#valueOf(key)) === (found === undefined ? 0 : 1)
  }

  take({ key, found, wrote }: Step): void {
    if (found !== undefined) this.#expect(key, found, -1)
    if (wrote !== undefined) this.#values.set(key, wrote)
  }
}

/** Whether taking turns leads to an order of all steps. */
const canTakeTurns = (programs: readonly (readonly Step[])[], initial: RegisterValue): boolean => {
  const turns = new Turns(programs, initial)
  let running = programs.filter((steps) => steps.length > 0).map((steps) => ({ steps, next: 0 }))
  while (running.length > 0) {
    for (const program of running)
      for (;;) {
        const step = program.steps[program.next]
        if (step === undefined || step.wrote !== undefined || !turns.isPossible(step)) break
        turns.take(step)
        program.next++
      }
    running = running.filter(({ steps, next }) => next < steps.length)
    const due = running.filter(({ steps, next }) => {
      const step = steps[next] as Step
      return step.wrote !== undefined && turns.isPossible(step) && turns.isDue(step)
    })
    const indexOf = ({ steps, next }: (typeof running)[number]): number => (steps[next] as Step).index
    const [first] = due.toSorted((a, b) => indexOf(a) - indexOf(b))
    if (first === undefined) return running.length === 0
    turns.take(first.steps[first.next] as Step)
    first.next++
  }
  return true
}

/** @param isLinearizable decides about the same history; asked only if nothing else decides */
export const judgeSequential = async (
  record: RunRecord,
  initial: RegisterValue,
  isLinearizable: () => Promise<boolean>,
): Promise<Judged> => {
  const causal = judgeCausal(record, initial, false)
  if (causal.status === 'invalid')
    return { ...causal, summary: `Not even causally consistent: ${causal.summary}` }
  const programs = programsOf(record.pairs)
  const operations = programs.reduce((sum, { length }) => sum + length, 0)
  const details = { operations, processes: programs.length }
  if (operations === 0) return notJudged('no operation restricts the order', details)
  if (canTakeTurns(programs, initial) || (await isLinearizable())) {
    const summary = `${operations} operations of ${programs.length} processes have an order that explains them and keeps the order of each process.`
    return { status: 'valid', summary, evidence: [], details }
  }
  const why =
    causal.status === 'valid' ? 'it is causally consistent, but no order was found' : 'no order was found'
  return notJudged(`whether the history is sequentially consistent was not decided: ${why}`, details)
}
