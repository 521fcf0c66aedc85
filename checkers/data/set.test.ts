import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Operation, Pair } from '../../harness/api/history.ts'
import { histories, type RandomOperation } from '../../harness/testing/histories.ts'
import { claiming, expecting } from '../../harness/testing/promises.ts'
import { type RecordParts, recordOf } from '../../harness/testing/record.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { setOfElements } from './set.ts'

type Step = readonly [process: number, type: Operation['type'], f: string, value: unknown]

const judge = (...steps: readonly Step[]) => judgeUnder({}, ...steps)

const judgeUnder = (given: RecordParts, ...steps: readonly Step[]) => {
  const history = steps.map(
    ([process, type, f, value], index): Operation => ({
      index,
      timeNs: index * 1e6,
      process,
      type,
      f,
      value,
    }),
  )
  return setOfElements.check(recordOf({ history, ...given }), new AbortController().signal)
}
const add = (process: number, type: Operation['type'], element: number): Step => [
  process,
  type,
  'add',
  { element },
]
const asked: Step = [9, 'invoke', 'read', {}]
const read = (...elements: number[]): readonly Step[] => [asked, [9, 'ok', 'read', { elements }]]

describe('the set checker', () => {
  it('unknown where an element was acknowledged after every read had begun', async () => {
    const verdict = await judge(asked, add(0, 'invoke', 1), add(0, 'ok', 1), [
      9,
      'ok',
      'read',
      { elements: [] },
    ])
    expect(verdict).toMatchObject({ status: 'unknown', details: { neverRead: 1 } })
    expect(verdict.summary).toContain('no read began after 1 of them were acknowledged')
  })

  it('an element that an overlapping read has is not lost: the read that lacks it may be old', async () => {
    const overlapping: readonly Step[] = [
      add(0, 'invoke', 1),
      add(0, 'ok', 1),
      [8, 'invoke', 'read', {}],
      asked,
      [8, 'ok', 'read', { elements: [1] }],
      [9, 'ok', 'read', { elements: [] }],
    ]
    expect(await judge(...overlapping)).toMatchObject({ status: 'invalid', details: { stale: 1, lost: 0 } })
    expect(await judgeUnder(expecting('consistent-prefix'), ...overlapping)).toMatchObject({
      status: 'valid',
    })
  })

  it('counts the rows that it does not list, whether it makes them or not', async () => {
    const count = 500
    const omitted = async (elements: readonly (number | string)[]) => {
      const steps = elements.flatMap((element): readonly Step[] => [
        [0, 'invoke', 'add', { element }],
        [0, 'ok', 'add', { element }],
      ])
      const { evidence } = await judge(...steps, ...read())
      const view = evidence[0]?.view
      return view?.kind === 'table' ? view.omitted + view.rows.length : null
    }
    const numbers = Array.from({ length: count }, (_, at) => at)
    expect(await omitted(numbers)).toBe(count)
    expect(await omitted(numbers.map((each) => `e${each}`))).toBe(count)
  })

  it('invalid where one read returned an element twice', async () =>
    expect(await judge(add(0, 'invoke', 1), add(0, 'ok', 1), ...read(1, 1))).toMatchObject({
      status: 'invalid',
      details: { duplicated: 1 },
    }))

  it('valid if every acknowledged element is in the set; an element with an unknown outcome may be', async () => {
    const verdict = await judge(
      add(0, 'invoke', 1),
      add(0, 'ok', 1),
      add(1, 'invoke', 2),
      add(1, 'info', 2),
      ...read(1, 2),
    )
    expect(verdict).toMatchObject({ status: 'valid', details: { acknowledged: 1, recovered: 1 } })
    expect(
      await judge(add(0, 'invoke', 1), add(0, 'ok', 1), add(1, 'invoke', 2), add(1, 'info', 2), ...read(1)),
    ).toMatchObject({
      status: 'valid',
    })
  })

  it('invalid if an acknowledged element is missing, which is named', async () => {
    const verdict = await judge(
      add(0, 'invoke', 1),
      add(0, 'ok', 1),
      add(0, 'invoke', 7),
      add(0, 'ok', 7),
      ...read(1),
    )
    expect(verdict).toMatchObject({ status: 'invalid', details: { lost: 1 } })
    expect(verdict.evidence[0]?.text).toContain('7: asked for at 2 ms')
    expect(verdict.evidence[0]?.operations).toEqual([2, 4])
  })

  it('invalid if an element was missing in between and is back at the end, unless reads may be old', async () => {
    const steps = [add(0, 'invoke', 1), add(0, 'ok', 1), ...read(), ...read(1)]
    expect(await judge(...steps)).toMatchObject({
      status: 'invalid',
      details: { stale: 1, lost: 0, visibleAfterMs: { p50: 1, max: 1 } },
    })
    for (const given of [claiming(SET, { read: 'consistent-prefix' }), expecting('consistent-prefix')]) {
      const verdict = await judgeUnder(given, ...steps)
      expect(verdict).toMatchObject({ status: 'valid', details: { stale: 1 } })
      expect(verdict.promise.text).toContain('read: consistent-prefix')
    }
    const both = { ...claiming(SET, { read: 'consistent-prefix' }), ...expecting('linearizable') }
    expect(await judgeUnder(both, ...steps)).toMatchObject({ status: 'invalid' })
  })

  it('an element that was read but never acknowledged is known from then on', async () => {
    const steps = [add(0, 'invoke', 1), add(0, 'info', 1), add(1, 'invoke', 2), add(1, 'ok', 2)]
    expect(await judge(...steps, ...read(1, 2), ...read(2))).toMatchObject({
      status: 'invalid',
      details: { lost: 1 },
    })
  })

  it('an add that is acknowledged while the last read runs need not be seen, which proves nothing of it', async () => {
    expect(
      await judge(add(1, 'invoke', 0), add(1, 'ok', 0), add(0, 'invoke', 1), asked, add(0, 'ok', 1), [
        9,
        'ok',
        'read',
        { elements: [0] },
      ]),
    ).toMatchObject({ status: 'unknown', details: { lost: 0, neverRead: 1 } })
  })

  it('invalid if the set contains an element that nobody added', async () => {
    expect(await judge(add(0, 'invoke', 1), add(0, 'ok', 1), ...read(1, 5))).toMatchObject({
      status: 'invalid',
      details: { unexpected: 1 },
    })
  })

  it('invalid if an element was read before anybody asked to add it', async () => {
    const later = [add(0, 'invoke', 5), add(0, 'ok', 5), ...read(1, 5)]
    expect(await judge(add(0, 'invoke', 1), add(0, 'ok', 1), ...read(1, 5), ...later)).toMatchObject({
      status: 'invalid',
      details: { unexpected: 1 },
    })
  })

  it('nothing is lost where reads may be old, while the run goes on', async () => {
    const steps = [add(0, 'invoke', 1), add(0, 'ok', 1), ...read()]
    const given = expecting('monotonic')
    expect(await judgeUnder(given, ...steps)).toMatchObject({ status: 'invalid', details: { lost: 1 } })
    const record = { ...given, isUnderWay: true as const }
    expect(await judgeUnder(record, ...steps)).toMatchObject({ status: 'unknown', details: { lost: 0 } })
  })

  it('unknown if it was never read, or nothing was acknowledged', async () => {
    expect((await judge(add(0, 'invoke', 1), add(0, 'ok', 1))).status).toBe('unknown')
    expect((await judge(add(0, 'invoke', 1), add(0, 'info', 1), ...read())).status).toBe('unknown')
  })
})

/** By the definition, element by element. */
const fateOf = (add: Pair, reads: readonly Pair[]): string => {
  const { element } = add.invocation.value as { element: number }
  const has = ({ completion }: Pair): boolean =>
    ((completion as Operation).value as { elements: readonly number[] }).elements.includes(element)
  const endsNs = [add, ...reads.filter(has)].flatMap(({ completion }) =>
    completion?.type === 'ok' ? [completion.timeNs] : [],
  )
  const later = reads.filter(({ invocation }) => invocation.timeNs > Math.min(...endsNs))
  const lacking = later.findLast((each) => !has(each))
  if (lacking === undefined) return 'there'
  const back = reads.some(
    (each) => has(each) && (each.completion as Operation).timeNs > lacking.invocation.timeNs,
  )
  return back ? 'stale' : 'lost'
}

const operation = fc.oneof(
  fc
    .record({
      element: fc.nat({ max: 3 }),
      type: fc.constantFrom('ok' as const, 'ok' as const, 'info' as const),
    })
    .map(({ element, type }): RandomOperation => ({ f: 'add', value: { element }, type, ok: { element } })),
  fc
    .uniqueArray(fc.nat({ max: 3 }))
    .map((elements): RandomOperation => ({ f: 'read', value: {}, type: 'ok', ok: { elements } })),
)

it('the set checker agrees with its definition', async () => {
  await fc.assert(
    fc.asyncProperty(histories(operation), async (history) => {
      const record = recordOf({ history })
      const reads = record.pairs.filter(({ invocation }) => invocation.f === 'read')
      fc.pre(reads.length > 0)
      const fates = record.pairs
        .filter(({ invocation }) => invocation.f === 'add')
        .map((add) => fateOf(add, reads))
      const { details } = await setOfElements.check(record, new AbortController().signal)
      expect([details.lost, details.stale]).toEqual(
        ['lost', 'stale'].map((fate) => fates.filter((each) => each === fate).length),
      )
    }),
    { numRuns: 500 },
  )
})
