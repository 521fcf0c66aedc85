/** Judged object by object while it goes on, a history has the verdict that it has as a whole; and little of it is in memory. */
import { describe, expect, it } from 'vitest'
import { structures } from '../../../targets/protocol/structures/index.ts'
import { workloads } from '../../../workloads/index.ts'
import type { Operation } from '../../api/history.ts'
import type { RunRecord } from '../../api/record.ts'
import type { Checker } from '../../api/verdict.ts'
import type { Workload } from '../../api/workload.ts'
import { bareRecord } from '../../store/run-store.ts'
import { rngFromSeed } from '../../support/random.ts'
import { NS_PER_S } from '../../support/time.ts'
import { MISBEHAVIOURS, runOnBroken } from '../../testing/broken-machine.ts'
import { sized } from '../../testing/capabilities.ts'
import { exchanged } from '../../testing/exchanged.ts'
import { defaultsOf } from '../run/options.ts'
import { OnlineObjects } from './objects.ts'
import { objectOfCalls, Windows } from './windows.ts'

/** The run of a moment takes a minute, so that objects go quiet in it. */
const SLOWER = 200

interface Watched {
  readonly broken: readonly string[]
  /** The number of operations that had been taken when the first was seen. Null: none was. */
  readonly firstSeenAt: number | null
  readonly mostHeld: number
  readonly judged: number
}

const objectCheckers = (workload: Workload, record: RunRecord): readonly Checker[] =>
  workload
    .checkers(record.workloadOptions ?? {})
    .filter(({ judgesBeginnings }) => judgesBeginnings)
    .filter((checker) => checker.judgesObjects?.(record))

/** Takes it in pieces, as it comes. Places in the file are numbers of operations. */
const watched = async (record: RunRecord, workload: Workload, piece: number): Promise<Watched> => {
  const operations = record.history.map((each) => each)
  const objectOf = objectOfCalls(workload.vocabulary)
  if (objectOf === null) throw new Error(`${workload.name} has one object`)
  const windows = new Windows(objectOf, ({ from, to }) => operations.slice(from, to))
  const online = new OnlineObjects(objectCheckers(workload, record), windows, record)
  const broken: string[] = []
  let [firstSeenAt, mostHeld]: [number | null, number] = [null, 0]
  for (let from = 0; from < operations.length; from += piece) {
    const range = { from, to: Math.min(from + piece, operations.length) }
    for (const operation of operations.slice(range.from, range.to)) online.take(operation, range)
    for await (const { object } of online.look()) {
      broken.push(object)
      firstSeenAt = range.to
      // What else is broken takes as long again.
      break
    }
    if (broken.length > 0) break
    mostHeld = Math.max(mostHeld, windows.held)
  }
  if (broken.length === 0)
    for await (const { object } of online.look(true)) {
      broken.push(object)
      break
    }
  return { broken, firstSeenAt, mostHeld, judged: online.counts.judged }
}

const isBroken = async (record: RunRecord, checkers: readonly Checker[]): Promise<boolean> => {
  const applying = checkers.filter((checker) => checker.applies?.(record) ?? true)
  const verdicts = await Promise.all(applying.map((each) => each.check(record, new AbortController().signal)))
  return verdicts.some(({ status }) => status === 'invalid')
}

const slower = (record: RunRecord): RunRecord => {
  const history = record.history.map((each) => ({ ...each, timeNs: each.timeNs * SLOWER }))
  return { ...record, ...(({ history, pairs }) => ({ history, pairs }))(bareRecord(history)) }
}

const byObject = Object.values(workloads).filter((workload) => {
  const record = {
    ...bareRecord([]),
    vocabulary: workload.vocabulary,
    workloadOptions: defaultsOf(workload.options),
  }
  return (
    workload.vocabulary.name in structures &&
    objectOfCalls(workload.vocabulary) !== null &&
    objectCheckers(workload, record).length > 0
  )
})

const EXCHANGES = sized(4, 20)
/** The evidence of a broken queue takes seconds. */
const MISBEHAVING = MISBEHAVIOURS.slice(0, sized(3, MISBEHAVIOURS.length))
const PIECES = [1, 17, 100, 400]

describe('judged by objects while it goes on', () => {
  it.each(byObject)('$name is broken where it is broken as a whole', async (workload) => {
    const rng = rngFromSeed(7)
    const seen = new Set<boolean>()
    const compare = async (record: RunRecord, what: string): Promise<void> => {
      const whole = await isBroken(record, objectCheckers(workload, record))
      const { broken } = await watched(record, workload, PIECES[rng.int(PIECES.length)] as number)
      expect(broken.length > 0, what).toBe(whole)
      seen.add(whole)
    }
    for (const how of MISBEHAVING) await compare(slower(runOnBroken(workload, how).record), how)
    const { record } = runOnBroken(workload, 'healthy')
    for (let n = 0; n < EXCHANGES; n++) {
      const history = exchanged(record, workload.vocabulary, rng)
      await compare(slower({ ...record, history }), `exchange ${n}`)
    }
    expect([...seen].sort()).toEqual([false, true])
  })

  it('what is broken early is seen early, also on an object that is never quiet', async () => {
    const { register } = workloads
    const record = slower(runOnBroken(register as Workload, 'lost').record)
    const { firstSeenAt } = await watched(record, register as Workload, 20)
    expect(firstSeenAt).toBeLessThan(0.75 * record.history.length)
  })
})

/** Writes and reads of registers, one after another. */
const oneByOne = (
  calls: readonly (readonly [key: number, f: 'write' | 'read', value: number, atS: number])[],
): RunRecord => {
  const history = calls.flatMap(([key, f, value, atS], n): readonly Operation[] => {
    const call = { process: 1, f, timeNs: atS * NS_PER_S }
    return [
      { ...call, index: 2 * n, type: 'invoke', value: f === 'write' ? { key, value } : { key } },
      { ...call, index: 2 * n + 1, type: 'ok', value: f === 'write' ? null : { value } },
    ]
  })
  const register = workloads.register as Workload
  return { ...bareRecord(history), vocabulary: register.vocabulary, workloadOptions: { initial: 'null' } }
}

describe('an object that was quiet', () => {
  const register = workloads.register as Workload
  const others = Array.from({ length: 2000 }, (_, n) => [1 + (n >> 2), 'write', n, 1 + n / 10] as const)

  it('is judged, and gives its operations back', async () => {
    const { mostHeld, judged, broken } = await watched(oneByOne(others), register, 50)
    expect(broken).toEqual([])
    expect(judged).toBe(500)
    expect(mostHeld).toBeLessThan(300)
  })

  it('counts as judged only if it was: after five that are broken, nothing more is taken', async () => {
    const wrong = Array.from({ length: 20 }, (_, key) => [
      [key, 'write', 1, 10 * key + 1] as const,
      [key, 'read', 99, 10 * key + 2] as const,
    ]).flat()
    const record = oneByOne(wrong)
    const windows = new Windows(objectOfCalls(register.vocabulary) ?? (() => null), () => [])
    const online = new OnlineObjects(objectCheckers(register, record), windows, record)
    const broken: string[] = []
    for (const [at, operation] of record.history.entries()) {
      online.take(operation, { from: at, to: at + 1 })
      for await (const { object } of online.look()) broken.push(object)
    }
    expect(broken).toEqual(['0', '1', '2', '3', '4'])
    const { judged, isEnough } = online.counts
    expect(isEnough).toBe(true)
    expect(judged).toBeLessThanOrEqual(broken.length)
  })

  it('proves nothing if nothing was written, until it is used again', async () => {
    const history = oneByOne([[0, 'read', 0, 0], ...others, [0, 'write', 1, 250]]).history.map((each) =>
      each.index === 1 ? { ...each, value: { value: null } } : each,
    )
    const record = { ...oneByOne(others), ...bareRecord(history) }
    const windows = new Windows(objectOfCalls(register.vocabulary) ?? (() => null), () => history)
    const online = new OnlineObjects(objectCheckers(register, oneByOne(others)), windows, record)
    const look = async (operations: readonly Operation[]): Promise<number> => {
      for (const operation of operations) online.take(operation, { from: 0, to: 0 })
      for await (const { object } of online.look()) throw new Error(`${object} is broken`)
      return online.counts.unproven
    }
    expect(await look(history.slice(0, -2))).toBe(1)
    expect(await look(history.slice(-2))).toBe(0)
  })

  it.each([
    ['what was written last', 2, []],
    ['what was overwritten long ago', 1, ['0']],
  ])('is judged with all its operations if it is used again: it reads %s', async (_, value, wanted) => {
    const record = oneByOne([
      ...([1, 2] as const).map((each) => [0, 'write', each, each / 4] as const),
      ...others,
      [0, 'read', value, 250],
    ])
    expect((await watched(record, register, 50)).broken).toEqual(wanted)
  })
})
