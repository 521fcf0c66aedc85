/** Effects that are followed: what is told is broken as a whole, and what is wrong for good is told at once. */
import { describe, expect, it } from 'vitest'
import { effects, outbox } from '../../../checkers/effects/effects.ts'
import { EffectsFollower } from '../../../checkers/effects/effects-follower.ts'
import { lockResource } from '../../../checkers/effects/protected-resource.ts'
import type { PromiseName } from '../../api/claims.ts'
import type { Follower, Suspicion } from '../../api/follower.ts'
import type { Operation } from '../../api/history.ts'
import type { RunRecord } from '../../api/record.ts'
import type { Checker } from '../../api/verdict.ts'
import { rngFromSeed } from '../../support/random.ts'
import { sized } from '../../testing/capabilities.ts'
import { followed, type Happened, isBroken, wholeOf } from '../../testing/following.ts'
import { madeUpEffects, WRONGS, type Wrong } from '../../testing/made-up-effects.ts'
import { expecting } from '../../testing/promises.ts'
import { recordOf } from '../../testing/record.ts'
import { type Request, SINK, SINK_MODES, type SinkLine, type TouchLine } from '../../vocabularies/effects.ts'

const SEEDS = sized(6, 60)
const PROMISES = ['exactly-once', 'at-least-once', 'at-most-once'] as const satisfies readonly PromiseName[]
const FOR_GOOD: ReadonlySet<Wrong> = new Set(['duplicated', 'phantom', 'mismatched', 'old', 'late', 'stale'])
const KINDS = [
  ['effects', effects, 'submit'],
  ['outbox', outbox, 'update'],
] as const

const baseOf = (promise: PromiseName): RunRecord => recordOf(expecting(promise))

interface Case {
  readonly what: string
  readonly base: RunRecord
  readonly wrong: Wrong
  readonly run: readonly Happened[]
  readonly piece: number
}

function* cases(f: 'submit' | 'update', wrongs: readonly Wrong[] = WRONGS): Generator<Case> {
  for (const wrong of wrongs)
    for (const mode of SINK_MODES)
      for (const promise of PROMISES)
        for (let seed = 1; seed <= SEEDS; seed++) {
          const piece = 1 + rngFromSeed(seed).int(60)
          const run = madeUpEffects({ seed, mode, wrong, f })
          yield {
            what: `${wrong}, ${mode}, ${promise}, seed ${seed}`,
            base: baseOf(promise),
            wrong,
            run,
            piece,
          }
        }
}

/** Also suspects effects of requests that were refused each time so far, and judges as if nothing followed. */
/** A fold would see the record as it is. */
const { fold: _fold, ...withoutFold } = effects

const careless = (): { readonly follower: Follower; readonly checker: Checker } => {
  const inner = new EffectsFollower(() => false)
  const answers = new Map<string, Set<Operation['type']>>()
  const open = new Map<Operation['process'], string>()
  const found: Suspicion[] = []
  const follower: Follower = {
    kept: inner.kept,
    service: SINK,
    operation: ({ process, type, value }) => {
      const key = type === 'invoke' ? (value as Partial<Request>).key : open.get(process)
      if (key === undefined) return
      if (type === 'invoke') open.set(process, key)
      const known = answers.get(key) ?? new Set()
      known.delete('invoke')
      answers.set(key, known.add(type))
    },
    line: (line) => {
      const { type, request } = line as SinkLine & { readonly request: Request }
      if (type !== 'request' || [...(answers.get(request.key) ?? [])].join() !== 'fail') return
      found.push((soFar) => ({
        calls: [
          ...soFar.calls(({ invocation: { value } }) => (value as Partial<Request>).key === request.key),
        ],
        services: {
          [SINK]: [
            ...soFar.lines(
              (each) =>
                (each as SinkLine).type === 'start' ||
                (each as typeof line & { request: Request }).request?.key === request.key,
            ),
          ],
        },
      }))
    },
    suspicions: () => found.splice(0),
  }
  const check: Checker['check'] = ({ isUnderWay: _, ...record }, signal) => effects.check(record, signal)
  return { follower, checker: { ...withoutFold, check } }
}

describe.each(KINDS)('%s, followed', (_, checker, f) => {
  it('tells only what is broken as a whole, and all that is broken for good', async () => {
    const counts = { whole: 0, told: 0, forGood: 0 }
    for (const { what, base, wrong, run, piece } of cases(f)) {
      const whole = await isBroken(wholeOf(base, run), checker)
      const { broken } = await followed(checker, base, run, piece)
      if (broken > 0) expect(whole, what).toBe(true)
      if (whole && FOR_GOOD.has(wrong)) expect(broken, what).toBeGreaterThan(0)
      counts.whole += Number(whole)
      counts.told += Number(broken > 0)
      counts.forGood += Number(whole && FOR_GOOD.has(wrong))
    }
    expect(counts.forGood, JSON.stringify(counts)).toBeGreaterThan(SEEDS * 10)
    expect(counts.whole).toBeGreaterThan(counts.told)
  })

  it('tells nothing of healthy runs', async () => {
    for (const mode of SINK_MODES)
      for (const promise of PROMISES)
        for (let seed = 1; seed <= SEEDS; seed++) {
          const run = madeUpEffects({ seed, mode, wrong: null, f })
          const { broken, isEnough } = await followed(checker, baseOf(promise), run, 7)
          expect({ broken, isEnough }, `${mode}, ${promise}, seed ${seed}`).toEqual({
            broken: 0,
            isEnough: false,
          })
        }
  })
})

describe('effects, followed', () => {
  it('are told while the run goes on', async () => {
    const run = madeUpEffects({ seed: 1, mode: 'deduplicating', wrong: 'phantom', requests: 300 })
    const { firstAt } = await followed(effects, baseOf('exactly-once'), run, 10)
    expect(firstAt).toBeLessThan(0.8 * run.length)
  })

  it('told as refused before clients ask again are caught by the tests above', async () => {
    let wrongly = 0
    for (let seed = 1; seed <= 5 * SEEDS; seed++) {
      const base = baseOf('at-least-once')
      const run = madeUpEffects({ seed, mode: 'naive', wrong: 'refused' })
      const { follower, checker } = careless()
      const { broken } = await followed(checker, base, run, 1, follower)
      wrongly += Number(broken > 0 && !(await isBroken(wholeOf(base, run), effects)))
    }
    expect(wrongly).toBeGreaterThan(0)
  })

  it('whose lines are taken before what caused them was read would be told of healthy runs', async () => {
    const run = madeUpEffects({ seed: 1, mode: 'naive', wrong: null })
    const early = [...run.filter((each) => 'line' in each), ...run.filter((each) => 'operation' in each)]
    expect((await followed(effects, baseOf('at-least-once'), early, 50)).broken).toBeGreaterThan(0)
  })

  it('of a long run leave fingerprints, and of each resource two lines', async () => {
    const run = madeUpEffects({ seed: 1, mode: 'naive', wrong: null, requests: 5000 })
    const { most } = await followed(effects, baseOf('at-least-once'), run, 1000)
    expect(most.things).toBeLessThanOrEqual(8)
    expect(most.fingerprints).toBeLessThanOrEqual(3 * 5000)
  })
})

describe('effects, followed by one that has forgotten keys', () => {
  it('tell nothing of healthy runs, and say what waits then', async () => {
    const follower = new EffectsFollower(() => true, 50)
    const run = madeUpEffects({ seed: 1, mode: 'deduplicating', wrong: null, requests: 500 })
    const { broken, isEnough, most } = await followed(effects, baseOf('exactly-once'), run, 20, follower)
    expect({ broken, isEnough }).toEqual({ broken: 0, isEnough: false })
    expect(most.fingerprints).toBeLessThanOrEqual(150)
    expect(follower.waits).toContain('nobody asked for')
  })

  it('are still told of what is near', async () => {
    for (const wrong of ['duplicated', 'mismatched'] as const) {
      const follower = new EffectsFollower(
        (trouble) => trouble !== 'out of order' && trouble !== 'stale token',
        50,
      )
      const run = madeUpEffects({ seed: 1, mode: 'naive', wrong, requests: 500 })
      expect(
        (await followed(effects, baseOf('exactly-once'), run, 20, follower)).broken,
        wrong,
      ).toBeGreaterThan(0)
    }
  })
})

/** Owners take turns, or not, in one of several resources. */
const visits = (seed: number, isBroken: boolean): readonly Happened[] => {
  const rng = rngFromSeed(seed)
  const run: Happened[] = [{ line: { type: 'start', mode: 'naive', clockMs: 0 } satisfies SinkLine }]
  let [index, seq, token] = [0, 0, 0]
  const touch = (action: 'enter' | 'leave', owner: number, resource: number, with_: number): void => {
    const operation = { timeNs: index * 1e6, process: owner, f: action }
    const value = { key: resource, owner, token: with_ }
    run.push({ operation: { ...operation, index: index++, type: 'invoke', value } })
    const line: TouchLine = {
      type: 'touch',
      seq: ++seq,
      clockMs: seq,
      action,
      resource,
      owner,
      token: with_,
      refused: null,
    }
    run.push({ line })
    run.push({ operation: { ...operation, index: index++, type: 'ok', value: { refused: null } } })
  }
  const wrongAt = isBroken ? 20 + rng.int(30) : -1
  for (let n = 0; n < 80; n++) {
    const resource = rng.int(3)
    touch('enter', n, resource, ++token)
    if (n === wrongAt && rng.float() < 0.5)
      touch('enter', 1000, resource, rng.float() < 0.5 ? token : token - 7)
    touch('leave', n, resource, token)
    if (n === wrongAt) touch('enter', 1001, resource, token - 3)
  }
  return run
}

describe('a protected resource, followed', () => {
  it.each(['fenced', 'exclusive'] as const)('with locks that are %s', async (promise) => {
    let seen = 0
    for (let seed = 1; seed <= 4 * SEEDS; seed++)
      for (const wrong of [true, false]) {
        const [base, run] = [baseOf(promise), visits(seed, wrong)]
        const { broken } = await followed(lockResource, base, run, 1 + (seed % 40))
        expect(broken > 0, `seed ${seed}`).toBe(await isBroken(wholeOf(base, run), lockResource))
        seen += broken
      }
    expect(seen > 0).toBe(promise === 'exclusive')
  })
})
