/** What a window shows to be broken is broken as a whole; what breaks within a window is seen; and little is held. */
import { describe, expect, it } from 'vitest'
import { workloads } from '../../../workloads/index.ts'
import type { PromiseName } from '../../api/claims.ts'
import type { Operation } from '../../api/history.ts'
import type { Options } from '../../api/options.ts'
import type { Rng } from '../../api/random.ts'
import type { RunRecord } from '../../api/record.ts'
import type { Checker, SlidingWindow } from '../../api/verdict.ts'
import type { Workload } from '../../api/workload.ts'
import { bareRecord } from '../../store/run-store.ts'
import { rngFromSeed } from '../../support/random.ts'
import { MISBEHAVIOURS, type Misbehaviour, runOnBroken } from '../../testing/broken-machine.ts'
import { sized } from '../../testing/capabilities.ts'
import { exchanged, foresees } from '../../testing/exchanged.ts'
import { defaultsOf } from '../run/options.ts'
import { callsAmong, operationsOf } from './calls.ts'
import { Sliding, type WindowSize } from './sliding.ts'

interface Case {
  readonly name: string
  readonly workload: Workload
  readonly checker: Checker
  readonly options?: Options
  readonly expect?: PromiseName
}

const caseOf = (
  name: string,
  checkerName: string,
  more: Pick<Case, 'options' | 'expect'> = {},
  workload = workloads[name] as Workload,
): Case => {
  const options = { ...defaultsOf(workload.options), ...more.options }
  const checker = workload.checkers(options).find((each) => each.name === checkerName)
  if (checker?.window === undefined) throw new Error(`${checkerName} of ${name} has no windows`)
  return { name: [name, checkerName, more.expect].filter(Boolean).join(' '), workload, checker, ...more }
}

const CASES = [
  caseOf('list-append', 'transactions'),
  caseOf('list-append', 'transactions', { expect: 'snapshot-isolation' }),
  caseOf('list-append', 'transactions', { expect: 'read-committed' }),
  caseOf('long-fork', 'transactions'),
  caseOf('sessions', 'sessions'),
  caseOf('rw-register', 'transactions'),
  caseOf('rw-register', 'transactions', { expect: 'serializable' }),
  caseOf('set', 'set', { options: { reads: 0.2 } }),
  caseOf('set', 'set', { options: { reads: 0.2 }, expect: 'monotonic' }),
  caseOf('set', 'set', { options: { reads: 0.2 }, expect: 'consistent-prefix' }),
  caseOf('bank', 'bank'),
  caseOf('bank', 'bank', { expect: 'consistent-prefix' }),
  caseOf('unique-ids', 'unique-ids'),
  caseOf('unique-ids', 'unique-ids', { expect: 'ordered' }),
  caseOf('causal', 'causal', { options: { 'per-key': 20 } }),
  caseOf('multi-register', 'multi-register', { options: { 'per-key': 20 } }),
  caseOf('multi-register', 'multi-register', {
    expect: 'sequential',
    options: { 'per-key': 20 },
  }),
  caseOf('register', 'linearizability', { expect: 'sequential', options: { 'calls-per-key': 20 } }),
]
const NAMED = CASES.map((each) => [each.name, each] as const)

const SEEDS = sized(2, 20)
const EXCHANGES = sized(3, 12)
/** So many are drawn until one is possible. */
const LIES = 20

const recordOf = ({ workload, expect, options }: Case, how: Misbehaviour, seed: number): RunRecord => {
  const { record } = runOnBroken(workload, how, { seed, ...(options === undefined ? {} : { options }) })
  return expect === undefined ? record : { ...record, expect }
}

const withHistory = (record: RunRecord, history: readonly Operation[]): RunRecord => {
  const { pairs } = bareRecord(history)
  return { ...record, history, pairs }
}

/** Some answers never come. A process goes on as another one. */
const unanswered = (record: RunRecord, share: number, rng: Rng): RunRecord => {
  const lives = new Map<number, number>()
  const history = record.history.map((operation): Operation => {
    if (operation.process === 'nemesis') return operation
    const life = lives.get(operation.process) ?? 0
    const moved = { ...operation, process: operation.process + 1000 * life }
    if (operation.type === 'invoke' || rng.float() >= share) return moved
    lives.set(operation.process, life + 1)
    const { process, index, timeNs, f, node } = moved
    return { process, index, timeNs, f, type: 'info', value: null, ...(node === undefined ? {} : { node }) }
  })
  return withHistory(record, history)
}

/** One answer, or two, were other ones. */
const withLie = ({ workload: { vocabulary } }: Case, record: RunRecord, rng: Rng): RunRecord => {
  if (vocabulary.name !== 'bank') {
    const lies = Array.from({ length: LIES }, () => withHistory(record, exchanged(record, vocabulary, rng)))
    return lies.find((lie) => !foresees(lie, vocabulary)) ?? record
  }
  // Whoever exchanges the answers of old reads changes no total.
  const reads = record.history.filter(({ f, type }) => f === 'read' && type === 'ok')
  const lie = reads[rng.int(reads.length)]
  const history = record.history.map((each): Operation => {
    if (each.index !== lie?.index) return each
    const [first = 0, ...others] = (each.value as { readonly balances: readonly number[] }).balances
    return { ...each, value: { balances: [first + 1, ...others] } }
  })
  return withHistory(record, history)
}

interface Seen {
  readonly broken: number
  readonly mostHeld: number
  readonly leftOut: number
}

/** Takes it in pieces, as `RunWatch` does. */
const watched = async (
  record: RunRecord,
  checker: Checker,
  size: WindowSize,
  piece: number,
  window: SlidingWindow | null = checker.window?.(record) ?? null,
): Promise<Seen> => {
  if (window === null) throw new Error(`${checker.name} has no window`)
  const operations = record.history.map((each) => each)
  const judge = new Sliding(
    checker,
    window,
    record,
    (wanted) => operationsOf(callsAmong(operations, wanted)),
    size,
  )
  let mostHeld = 0
  const look = async (): Promise<void> => {
    mostHeld = Math.max(mostHeld, judge.counts.held)
    await judge.look()
  }
  for (const [at, operation] of operations.entries()) {
    judge.take(operation)
    if (judge.isFull || at % piece === piece - 1 || at === operations.length - 1) await look()
  }
  const { broken, leftOut } = judge.counts
  return { broken, mostHeld, leftOut }
}

const sizeOf = (operations: number): WindowSize => ({ operations, values: Number.POSITIVE_INFINITY })
const SIZES = [60, 150, 400, 2000]
const anySize = (rng: Rng): WindowSize => sizeOf(SIZES[rng.int(SIZES.length)] as number)
const anyPiece = (rng: Rng): number => 1 + rng.int(400)

const isBroken = async (record: RunRecord, checker: Checker): Promise<boolean> =>
  (await checker.check(record, new AbortController().signal)).status === 'invalid'

/** Records that are broken somewhere, or not. */
function* variants(each: Case, rng: Rng): Generator<readonly [what: string, record: RunRecord]> {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const share = seed % 2 === 0 ? 0 : 0.03
    for (const how of MISBEHAVIOURS)
      yield [`${how}, seed ${seed}`, unanswered(recordOf(each, how, seed), share, rng)]
    const healthy = unanswered(recordOf(each, 'healthy', seed), share, rng)
    for (let n = 0; n < EXCHANGES; n++) yield [`lie ${n} of seed ${seed}`, withLie(each, healthy, rng)]
  }
}

describe('judged by windows while it goes on', () => {
  it.each(NAMED)('%s: what is seen to be broken is broken as a whole', async (_, each) => {
    const rng = rngFromSeed(11)
    const counts = { broken: 0, seen: 0 }
    for (const [what, record] of variants(each, rng)) {
      const [size, piece] = [anySize(rng), anyPiece(rng)]
      const whole = await isBroken(record, each.checker)
      const { broken } = await watched(record, each.checker, size, piece)
      if (broken > 0) expect(whole, `${what}, ${size.operations} held, pieces of ${piece}`).toBe(true)
      counts.broken += Number(whole)
      counts.seen += Number(broken > 0)
    }
    // Some need more than a window, or the end.
    expect(counts.broken).toBeGreaterThan(2)
    expect(counts.seen, JSON.stringify(counts)).toBeGreaterThan(counts.broken / 3)
  })

  it.each(NAMED)('%s: a healthy run with unknown outcomes shows nothing', async (_, each) => {
    const rng = rngFromSeed(12)
    for (let seed = 1; seed <= 2 * SEEDS; seed++) {
      const record = unanswered(recordOf(each, 'healthy', seed), 0.05, rng)
      expect((await watched(record, each.checker, anySize(rng), anyPiece(rng))).broken, `seed ${seed}`).toBe(
        0,
      )
    }
  })

  it.each(NAMED)('%s: as one window, it is judged as the whole', async (_, each) => {
    const rng = rngFromSeed(13)
    const healthy = recordOf(each, 'healthy', 3)
    for (let n = 0; n < EXCHANGES; n++) {
      const record = withLie(each, healthy, rng)
      const { broken } = await watched(record, each.checker, sizeOf(1e6), record.history.length)
      expect(broken > 0, `lie ${n}`).toBe(await isBroken(record, each.checker))
    }
  })

  it.each(NAMED)('%s: little is held of a long run', async (_, each) => {
    const { mostHeld, broken } = await watched(recordOf(each, 'healthy', 5), each.checker, sizeOf(100), 1)
    expect(broken).toBe(0)
    expect(mostHeld).toBeLessThanOrEqual(100)
    expect(mostHeld).toBeGreaterThan(20)
  })
})

/** Holds the calls of the window as they are, whatever came before. */
const careless = (): SlidingWindow => {
  const open = new Map<Operation['process'], number>()
  return {
    take: (operation) => {
      const { process, type, index } = operation
      if (type === 'invoke') open.set(process, index)
      return type === 'invoke' || open.delete(process) ? operation : null
    },
    giveUp: (held, before) => {
      for (const [process, index] of open) if (index < before) open.delete(process)
      const kept = new Set<Operation['process']>()
      return held.filter(({ process, type, index }) => {
        if (type !== 'invoke') return kept.delete(process)
        if (index >= before) kept.add(process)
        return index >= before
      })
    },
  }
}

describe('a window that keeps what lies only partly in it', () => {
  // What it keeps of ids, sessions and accounts whose reads may be old shows less, and nothing else.
  const unsound = CASES.filter(({ name }) => !/^(unique-ids|sessions|bank bank consistent)/.test(name))

  it.each(unsound.map((each) => [each.name, each] as const))(
    '%s: is caught, since it holds something against healthy runs',
    async (_, each) => {
      let reports = 0
      for (let seed = 1; seed <= SEEDS; seed++) {
        const record = recordOf(each, 'healthy', seed)
        const { broken } = await watched(record, each.checker, sizeOf(100), 20, careless())
        reports += broken
      }
      expect(reports).toBeGreaterThan(0)
    },
  )
})

describe('ids', () => {
  const { checker, workload } = CASES.find(({ name }) => name === 'unique-ids unique-ids') as Case
  const ids = (given: readonly number[]): RunRecord => {
    const history = given.flatMap((id, n): readonly Operation[] => {
      const call = { process: 1, f: 'generate', timeNs: n }
      return [
        { ...call, index: 2 * n, type: 'invoke', value: {} },
        { ...call, index: 2 * n + 1, type: 'ok', value: { id } },
      ]
    })
    return { ...bareRecord(history), vocabulary: workload.vocabulary, workloadOptions: {} }
  }
  const MANY = Array.from({ length: 1000 }, (_, n) => n)

  it('that were handed out long ago are recognised, and shown by both calls', async () => {
    expect(await watched(ids([...MANY, 3]), checker, sizeOf(100), 20)).toMatchObject({ broken: 1 })
  })

  it('that only look like an earlier one are looked up, and nothing is said', async () => {
    const window = checker.window?.(ids([])) as SlidingWindow
    const suspicious: SlidingWindow = {
      take: (operation) => window.take(operation),
      giveUp: (held, before) => window.giveUp(held, before),
      recalls: () => () => true,
    }
    expect((await watched(ids(MANY), checker, sizeOf(100), 20, suspicious)).broken).toBe(0)
  })
})

describe('a window', () => {
  it('has also a limit of what its operations contain', async () => {
    const [each] = CASES as [Case]
    const record = recordOf(each, 'healthy', 1)
    const size = { operations: 1e6, values: 500 }
    const { mostHeld, broken } = await watched(record, each.checker, size, 1)
    expect(broken).toBe(0)
    expect(mostHeld).toBeLessThan(200)
    expect(mostHeld).toBeGreaterThan(5)
  })
})

describe('what is broken', () => {
  it('is told once a window, and after five no more is taken', async () => {
    const bank = CASES.find(({ name }) => name === 'bank bank') as Case
    const { broken, mostHeld } = await watched(recordOf(bank, 'lost', 1), bank.checker, sizeOf(200), 10)
    expect(broken).toBe(5)
    expect(mostHeld).toBeLessThanOrEqual(200)
  })
})
