/** Watches that are followed: what is told is broken as a whole, and most of what is broken is told. */
import { describe, expect, it } from 'vitest'
import { watch as checker } from '../../../checkers/data/watch.ts'
import { WatchFollower } from '../../../checkers/data/watch-follower.ts'
import { workloads } from '../../../workloads/index.ts'
import type { PromiseName } from '../../api/claims.ts'
import type { Follower } from '../../api/follower.ts'
import type { Operation } from '../../api/history.ts'
import type { Rng } from '../../api/random.ts'
import type { RunRecord } from '../../api/record.ts'
import type { Workload } from '../../api/workload.ts'
import { bareRecord } from '../../store/run-store.ts'
import { rngFromSeed } from '../../support/random.ts'
import { MISBEHAVIOURS, runOnBroken } from '../../testing/broken-machine.ts'
import { sized } from '../../testing/capabilities.ts'
import { exchanged, foresees } from '../../testing/exchanged.ts'
import { followed, type Happened, isBroken } from '../../testing/following.ts'
import type { WatchEvent, Watched } from '../../vocabularies/watch.ts'

const workload = workloads.watch as Workload
const SEEDS = sized(2, 20)
const LIES = sized(15, 60)
const PROMISES = ['exactly-once', 'at-least-once', 'at-most-once'] as const satisfies readonly PromiseName[]

const withHistory = (record: RunRecord, history: readonly Operation[]): RunRecord => {
  const { pairs } = bareRecord(history)
  return { ...record, history, pairs }
}

const eventsOf = ({ f, type, value }: Operation): readonly WatchEvent[] =>
  f === 'watch' && type === 'ok' ? (value as Watched).events : []

/** One watch with changes reports something else of one of them, or leaves it out, or reports it twice. */
const misreported = (record: RunRecord, rng: Rng): readonly Operation[] => {
  const watches = record.history.filter((each) => eventsOf(each).length > 1)
  const lie = watches[rng.int(watches.length)] as Operation
  const events = eventsOf(lie)
  const at = rng.int(events.length)
  const event = events[at] as WatchEvent
  const others: readonly (readonly WatchEvent[])[] = [
    events.filter((each) => each !== event),
    [...events.slice(0, at), event, event, ...events.slice(at + 1)],
    events.map((each) => (each === event ? { ...each, value: 1e6 } : each)),
    events.map((each) => (each === event ? { ...each, value: (events[0] as WatchEvent).value } : each)),
    [...events].reverse(),
    [],
  ]
  const value = { ...(lie.value as Watched), events: others[rng.int(others.length)] }
  return record.history.map((each) => (each === lie ? { ...each, value } : each))
}

/** Watches whose beginning was forgotten, and told so. A lie says so, and goes on later. */
const forgetful = (record: RunRecord, rng: Rng, isLie: boolean): readonly Operation[] =>
  record.history.map((each) => {
    const events = eventsOf(each)
    if (events.length < 3 || rng.float() < 0.5) return each
    const left = events.slice(1 + rng.int(events.length - 2))
    const from = (left[0] as WatchEvent).revision - 1
    return { ...each, value: { ...(each.value as Watched), from, events: isLie ? left.slice(1) : left } }
  })

/** A put is told another revision. */
const mistold = (record: RunRecord, rng: Rng): readonly Operation[] => {
  const puts = record.history.filter(({ f, type }) => f === 'put' && type === 'ok')
  const lie = puts[rng.int(puts.length)] as Operation
  const value = { ...(lie.value as WatchEvent), revision: 1 + rng.int(puts.length) }
  return record.history.map((each) => (each === lie ? { ...each, value } : each))
}

const happenedIn = ({ history }: RunRecord): readonly Happened[] =>
  history.map((operation) => ({ operation }))

function* variants(rng: Rng): Generator<readonly [what: string, record: RunRecord]> {
  for (let seed = 1; seed <= SEEDS; seed++) {
    for (const how of MISBEHAVIOURS)
      yield [`${how}, seed ${seed}`, runOnBroken(workload, how, { seed }).record]
    const { record } = runOnBroken(workload, 'healthy', { seed })
    for (let n = 0; n < LIES; n++) {
      const how = [
        exchanged(record, workload.vocabulary, rng),
        misreported(record, rng),
        mistold(record, rng),
        forgetful(record, rng, true),
      ]
      const lie = withHistory(record, how[n % how.length] as readonly Operation[])
      if (!foresees(lie, workload.vocabulary)) yield [`lie ${n} of seed ${seed}`, lie]
    }
  }
}

describe('watches, followed', () => {
  it.each(PROMISES)('%s: what is told is broken as a whole, and nearly all is told', async (promise) => {
    const rng = rngFromSeed(3)
    const counts = { whole: 0, told: 0, early: 0 }
    for (const [what, bare] of variants(rng)) {
      const record = { ...bare, expect: promise }
      const run = happenedIn(record)
      const whole = await isBroken(record, checker)
      const { broken, firstAt } = await followed(checker, record, run, 1 + rng.int(200))
      if (broken > 0) expect(whole, what).toBe(true)
      counts.whole += Number(whole)
      counts.told += Number(broken > 0)
      counts.early += Number(firstAt !== null && firstAt < 0.9 * run.length)
    }
    expect(counts.whole, JSON.stringify(counts)).toBeGreaterThan(LIES / 2)
    // What is missing at the end is not told.
    expect(counts.told, JSON.stringify(counts)).toBeGreaterThan(0.8 * counts.whole)
    expect(counts.early, JSON.stringify(counts)).toBeGreaterThan(counts.told / 3)
  })

  it('tell nothing of healthy runs', async () => {
    for (let seed = 1; seed <= 4 * SEEDS; seed++) {
      const { record } = runOnBroken(workload, 'healthy', { seed })
      const { broken, isEnough } = await followed(checker, record, happenedIn(record), 1 + seed * 5)
      expect({ broken, isEnough }, `seed ${seed}`).toEqual({ broken: 0, isEnough: false })
      const forgotten = withHistory(record, forgetful(record, rngFromSeed(seed), false))
      expect(await isBroken(forgotten, checker)).toBe(false)
      expect(
        (await followed(checker, forgotten, happenedIn(forgotten), 1 + seed * 5)).broken,
        `seed ${seed}`,
      ).toBe(0)
    }
  })

  it('shown without the puts of what they report would be told of healthy runs', async () => {
    const { record } = runOnBroken(workload, 'healthy', { seed: 1 })
    let watches: number[] = []
    const careless: Follower = {
      kept: { things: 0, fingerprints: 0 },
      operation: (operation) => {
        if (eventsOf(operation).length > 0) watches.push(operation.index)
      },
      suspicions: () => {
        const some = new Set(watches)
        watches = []
        return [({ calls }) => ({ calls: [...calls(({ completion }) => some.has(completion?.index ?? -1))] })]
      },
    }
    expect((await followed(checker, record, happenedIn(record), 50, careless)).broken).toBeGreaterThan(0)
  })
})

/** Puts one after another, each seen by two watchers that go on where they were. */
function* longRun(puts: number): Generator<Happened> {
  let index = 0
  const call = (process: number, f: string, value: unknown, ok: unknown): readonly Happened[] =>
    (['invoke', 'ok'] as const).map((type) => {
      const operation = { index, timeNs: index * 1e6, process, type, f, value: type === 'ok' ? ok : value }
      index++
      return { operation }
    })
  for (let revision = 1; revision <= puts; revision++) {
    const put = { key: revision % 4, value: revision }
    yield* call(0, 'put', put, { ...put, revision })
    for (const watcher of [1, 2])
      yield* call(
        watcher,
        'watch',
        { after: revision - 1 },
        { events: [{ ...put, revision }], upTo: revision },
      )
  }
}

it('of a long run, watches keep the latest revisions, and fingerprints of the latest puts', async () => {
  const run = [...longRun(10_000)]
  const limited = async (puts: number) => {
    const follower = new WatchFollower(() => true, { revisions: 1000, puts })
    return followed(checker, bareRecord([]), run, 5000, follower)
  }
  const all = await limited(20_000)
  expect({ broken: all.broken, isEnough: all.isEnough }).toEqual({ broken: 0, isEnough: false })
  expect(all.most.things).toBeLessThanOrEqual(3000)
  expect(all.most.fingerprints).toBe(10_000)
  const some = await limited(1000)
  expect({ broken: some.broken, isEnough: some.isEnough }).toEqual({ broken: 0, isEnough: false })
  expect(some.most.fingerprints).toBeLessThanOrEqual(1000)
})
