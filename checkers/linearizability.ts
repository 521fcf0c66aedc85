/**
 * Judges a register history against what was promised of each call.
 *
 * Calls promised `linearizable` are checked as they are. A read promised only `consistent-prefix` may return any
 * state the register had up to the read's completion: its interval is widened back to the start of the run, and
 * the whole is checked for linearizability (Herlihy and Wing 1990; Terry 2013 for the weaker promise).
 */
import type { Checker, Claims, Consistency, Operation, RunRecord, RunSpec, Verdict } from '../harness/api.ts'
import { type Pair, pairOperations } from '../harness/history/pairs.ts'
import { REGISTER, type RegisterCall, type RegisterResult } from '../harness/vocabularies/register.ts'
import { check } from './porcupine-ts/check.ts'
import type { Operation as Interval, Result } from './porcupine-ts/model.ts'
import { casRegister, type RegisterInput, type RegisterOutput } from './porcupine-ts/models/register.ts'
import { explainRegister } from './register-evidence.ts'

type RegisterInterval = Interval<RegisterInput, RegisterOutput>

const TIME_LIMIT_MS = 120_000
const MEMORY_LIMIT_BYTES = 2 ** 31
const CALLS = ['read', 'write', 'cas'] as const

export const promisedOf = (claims: Claims | null, spec: RunSpec | null, f: string): Consistency =>
  spec?.expect ?? claims?.consistency[REGISTER]?.[f] ?? 'linearizable'

const promiseOf = (record: RunRecord): Verdict['promise'] => {
  const text = CALLS.map((f) => `${f}: ${promisedOf(record.claims, record.spec, f)}`).join(', ')
  if (record.spec?.expect != null) return { text, source: '--expect on the command line' }
  return { text, source: record.claims?.source ?? 'assumed of an imported history' }
}

const inputOf = (operation: Operation): RegisterInput => {
  const call = { f: operation.f, value: operation.value } as RegisterCall
  if (call.f === 'read') return { f: 'read', key: call.value.key }
  if (call.f === 'write') return { f: 'write', key: call.value.key, value: call.value.value }
  return { f: 'cas', key: call.value.key, expected: call.value.expected, next: call.value.next }
}

const outputOf = (completion: Operation): RegisterOutput => {
  const result = completion.value as RegisterResult & { unknown?: boolean }
  if ('applied' in result) return { applied: result.applied }
  return {
    value: (result as { value: number | null }).value,
    ...(result.unknown === true ? { unknown: true } : {}),
  }
}

interface Judged {
  readonly intervals: readonly RegisterInterval[]
  /** The pair each interval came from. */
  readonly pairs: readonly Pair[]
}

const toIntervals = (pairs: readonly Pair[], promised: (f: string) => Consistency): Judged => {
  const startNs = (pairs[0]?.invocation.timeNs ?? 0) - 1
  const intervals: RegisterInterval[] = []
  const kept: Pair[] = []
  for (const [at, pair] of pairs.entries()) {
    const { invocation, completion } = pair
    const completed = completion?.type === 'ok'
    if (completion?.type === 'fail') continue
    // A read that told nothing restricts nothing.
    if (!completed && invocation.f === 'read') continue
    const widened = promised(invocation.f) === 'consistent-prefix'
    intervals.push({
      // A widened read may overlap its own process's earlier operations: it gets a client of its own.
      client: widened ? -1 - at : (invocation.process as number),
      call: widened ? startNs : invocation.timeNs,
      return: completed ? completion.timeNs : Number.POSITIVE_INFINITY,
      input: inputOf(invocation),
      output: completed ? outputOf(completion) : undefined,
    })
    kept.push(pair)
  }
  return { intervals, pairs: kept }
}

const unknownSummary = (result: Result & { verdict: 'unknown' }): string =>
  `Not decided: the search ran out of ${result.reason} on key ${result.partition}, after ${result.passed} of its ` +
  `${result.operations} operations (${result.decided} of ${result.partitions} keys are linearizable). ` +
  `What helps: ${result.help}.`

const judge = (record: RunRecord, initial: number | null): Omit<Verdict, 'checker' | 'promise'> => {
  const promised = (f: string): Consistency => promisedOf(record.claims, record.spec, f)
  const { intervals, pairs } = toIntervals(pairOperations(record.history), promised)
  const result = check(casRegister(initial), intervals, {
    timeMs: TIME_LIMIT_MS,
    memoryBytes: MEMORY_LIMIT_BYTES,
  })
  if (result.verdict === 'ok') {
    const summary = `${intervals.length} operations on ${result.partitions} keys are as promised.`
    return {
      status: 'valid',
      summary,
      evidence: [],
      details: { operations: intervals.length, keys: result.partitions },
    }
  }
  if (result.verdict === 'unknown') {
    return {
      status: 'unknown',
      summary: unknownSummary(result),
      evidence: [],
      details: { reason: result.reason },
    }
  }
  const { summary, evidence } = explainRegister({
    key: result.partition,
    prefix: Array.from(result.prefix, (at) => pairs[at] as Pair),
    blocked: pairs[result.blocked] as Pair,
    initial,
    readsMustBeFresh: promised('read') === 'linearizable',
  })
  return {
    status: 'invalid',
    summary,
    evidence: [evidence],
    details: { key: result.partition },
  }
}

export const linearizability = (options: { readonly initial: number | null }): Checker => ({
  name: 'linearizability',
  needs: ['history'],
  check: async (record) => ({
    checker: 'linearizability',
    promise: promiseOf(record),
    ...judge(record, options.initial),
  }),
})
