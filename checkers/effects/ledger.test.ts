/** The columns of the ledger find what the definitions of the troubles find, applied to each key's own calls and lines. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Operation, Pair } from '../../harness/api/history.ts'
import type { LedgerResult, SinkLine } from '../../harness/vocabularies/effects.ts'
import { auditLedger } from './ledger.ts'
import { LedgerColumns, TROUBLES, type Trouble } from './ledger-columns.ts'
import type { SinkRequest } from './requests.ts'

const request = fc.record({
  key: fc.constantFrom('a', 'b', 'c', 'd'),
  resource: fc.constantFrom(1, 2),
  version: fc.integer({ min: 1, max: 3 }),
})

/** An update, and what became of it. Null: nobody knows. */
const update = fc.record({ asked: request, became: fc.constantFrom('applied', 'late', 'failed', null) })
const read = fc.record({ resource: fc.constantFrom(1, 2), version: fc.integer({ min: 0, max: 3 }) })
const act = fc.record({
  request,
  token: fc.integer({ min: 1, max: 3 }),
  refused: fc.constantFrom(null, null, 'duplicate' as const),
})
const entry = fc.record({
  key: fc.constantFrom('a', 'b', 'c', 'e'),
  acceptedAt: fc.constant(1),
  doneAt: fc.constantFrom(null, 2),
  worker: fc.constant(null),
})
const scene = fc.record({
  updates: fc.array(update, { maxLength: 6 }),
  reads: fc.array(read, { maxLength: 3 }),
  acts: fc.array(act, { maxLength: 8 }),
  own: fc.option(fc.uniqueArray(entry, { selector: ({ key }) => key })),
  drained: fc.boolean(),
})
type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never

const operation = (type: Operation['type'], f: string, value: unknown): Operation =>
  ({ index: 0, timeNs: 0, process: 0, type, f, value }) as Operation

const pairsOf = ({ updates, reads }: Scene): readonly Pair[] => [
  ...updates.map(({ asked, became }) => ({
    invocation: operation('invoke', 'update', asked),
    completion:
      became === null
        ? null
        : became === 'failed'
          ? operation('fail', 'update', null)
          : operation('ok', 'update', { applied: became === 'applied' }),
  })),
  ...reads.map((value) => ({
    invocation: operation('invoke', 'read', { resource: value.resource }),
    completion: operation('ok', 'read', value),
  })),
]

const keyOf = ({ f, value }: Operation): string | null =>
  f === 'update' ? (value as { readonly key: string }).key : null

const linesOf = ({ acts }: Scene): readonly SinkRequest[] =>
  acts.map((each, seq) => ({ type: 'request', seq, clockMs: seq, worker: 'n1', attempt: 1, ...each }))

/** As each trouble is defined. */
const defined = (all: Scene, key: string): readonly Trouble[] => {
  const { updates, reads, own, drained } = all
  const lines = linesOf(all)
  const asks = updates.filter(({ asked }) => asked.key === key)
  const first = asks[0]?.asked
  const done = lines.filter(({ refused }) => refused === null)
  const effects = done.filter((line) => line.request.key === key)
  const isOld = ({ seq, request: { resource, version } }: SinkRequest): boolean =>
    done.some((o) => o.seq < seq && o.request.resource === resource && o.request.version > version)
  const isStale = ({ seq, request: { resource }, token }: SinkRequest): boolean =>
    lines.some((o) => o.seq < seq && o.request.resource === resource && o.token > token)
  const mayBeDone = asks.some(({ became }) => became === 'applied' || became === null)
  const reached = Math.max(0, ...reads.filter((r) => r.resource === first?.resource).map((r) => r.version))
  const isTold = done.some(
    (line) => line.request.resource === first?.resource && line.request.version === first?.version,
  )
  const found: Record<Trouble, boolean> = {
    lost: drained && asks.some(({ became }) => became === 'applied') && effects.length === 0,
    'done without an effect':
      own?.some((each) => each.key === key && each.doneAt !== null) === true && effects.length === 0,
    'change without a message':
      drained && mayBeDone && first !== undefined && first.version <= reached && !isTold,
    phantom: asks.length === 0 && effects.length > 0,
    'effect of a refused request': asks.length > 0 && !mayBeDone && effects.length > 0,
    'payload mismatch': effects.some(
      (line) =>
        first !== undefined &&
        (line.request.resource !== first.resource || line.request.version !== first.version),
    ),
    duplicated: effects.length > 1,
    'overwrites a newer one': effects.slice(1).some(isOld),
    'out of order': effects.slice(0, 1).some(isOld),
    'stale token': effects.some(isStale),
  }
  return TROUBLES.filter((trouble) => found[trouble])
}

it('columns find of each key what its own calls and lines show', () =>
  fc.assert(
    fc.property(scene, (all) => {
      const [pairs, lines] = [pairsOf(all), linesOf(all)]
      const own: LedgerResult | null = all.own === null ? null : { entries: all.own }
      const columns = new LedgerColumns()
      for (const [place, pair] of pairs.entries()) columns.pair(pair, place)
      for (const line of lines) columns.line(line)
      if (own !== null) columns.ledger(own)
      const ledger = auditLedger(columns, { pairs, lines: lines as readonly SinkLine[], own }, all.drained)
      const keys = ['a', 'b', 'c', 'd', 'e']
      for (const trouble of TROUBLES) {
        const expected = keys.filter((key) => defined(all, key).includes(trouble))
        const rows = ledger.of(trouble)
        expect(rows.map(({ key }) => key).toSorted(), trouble).toEqual(expected)
        expect(ledger.count(trouble)).toBe(expected.length)
        for (const { key, effects, stopped, submissions } of rows) {
          expect(submissions).toEqual(pairs.filter(({ invocation }) => keyOf(invocation) === key))
          const ofKey = lines.filter((line) => line.request.key === key)
          expect(effects).toEqual(ofKey.filter(({ refused }) => refused === null))
          expect(stopped).toBe(ofKey.length - effects.length)
        }
      }
      expect(ledger.fineRows().length).toBe(ledger.fine)
      for (const { key } of ledger.fineRows()) expect(defined(all, key)).toEqual([])
    }),
    { numRuns: 2000 },
  ))

it('rows have every call and every line of their keys, wherever in a long history these are', () => {
  const keys = Array.from({ length: 5000 }, (_, i) => `k${i}`)
  const asks = keys.flatMap((key, i) => (i > 0 && i % 7 === 0 ? [key, keys[(i * 31) % i] as string] : [key]))
  const pairs = asks.map((key, version) => ({
    invocation: operation('invoke', 'update', { key, resource: 1, version }),
    completion: operation('ok', 'update', { applied: true }),
  }))
  // Of the first and the last keys some are lost, and the others have effects, some of them several.
  const isLost = (i: number): boolean => i % 50 === 0 && (i < 1000 || i > 4000)
  const lines = asks.flatMap((key): readonly SinkRequest[] =>
    isLost(keys.indexOf(key))
      ? []
      : linesOf({ acts: [{ request: { key, resource: 1, version: 1 }, token: 1, refused: null }] } as Scene),
  )
  const columns = new LedgerColumns()
  for (const [place, pair] of pairs.entries()) columns.pair(pair, place)
  for (const line of lines) columns.line(line)
  const ledger = auditLedger(columns, { pairs, lines: lines as readonly SinkLine[], own: null }, true)
  const lost = ledger.of('lost')
  expect(lost.map(({ key }) => key)).toEqual(keys.filter((_, i) => isLost(i)))
  const rows = [...lost, ...ledger.of('duplicated'), ...ledger.of('payload mismatch').slice(-50)]
  for (const { key, submissions, effects } of rows) {
    expect(submissions).toEqual(pairs.filter(({ invocation }) => keyOf(invocation) === key))
    expect(effects).toEqual(lines.filter(({ request: asked }) => asked.key === key))
  }
})
