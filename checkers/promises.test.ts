/**
 * The promises of the vocabularies: for each one a history that it allows and a stronger one forbids, and a history that it
 * forbids. If a checker ignored what was promised, one of them would be judged wrongly.
 */
import { describe, expect, it } from 'vitest'
import type { PromiseName } from '../harness/api/claims.ts'
import type { Checker, RunVerdict, Status } from '../harness/api/verdict.ts'
import type { Vocabulary } from '../harness/api/vocabulary.ts'
import { claiming, expecting } from '../harness/testing/promises.ts'
import { type RecordParts, recordOf } from '../harness/testing/record.ts'
import { done, historyOf } from '../harness/testing/steps.ts'
import { EFFECTS, type SinkLine, type SinkMode } from '../harness/vocabularies/effects.ts'
import { vocabularies } from '../harness/vocabularies/index.ts'
import { PROTECTED_LEASE, PROTECTED_LOCK } from '../harness/vocabularies/protected.ts'
import { REGISTER } from '../harness/vocabularies/register.ts'
import { composeVerdict } from './compose.ts'
import { linearizability } from './data/linearizability.ts'
import { effects } from './effects/effects.ts'
import { leaseResource, lockResource } from './effects/protected-resource.ts'

import type { History } from './testing/promise-rows.ts'
import { table } from './testing/promises.ts'

const judge = (checkers: readonly Checker[], steps: History, parts: RecordParts): Promise<RunVerdict> =>
  composeVerdict(
    checkers,
    recordOf({ history: historyOf(steps.flat()), ...parts }),
    new AbortController().signal,
  )

const claimAll = (vocabulary: Vocabulary, promise: PromiseName): RecordParts => {
  const { claims } = claiming(vocabulary, {})
  // A spec with nodes, as every run has.
  const { spec } = expecting(promise)
  return {
    spec: { ...spec, expect: null },
    claims: { ...claims, consistency: { [vocabulary.name]: promise } },
  }
}

describe.each(table.map((row) => ({ ...row, name: row.vocabulary.name })))(
  '$promise for $name',
  ({ vocabulary, checkers, promise, allowed, but, forbidden, undecided }) => {
    const statusOf = async (steps: History, by: PromiseName): Promise<Status> =>
      (await judge(checkers, steps, claimAll(vocabulary, by))).status

    it('allows what a stronger promise forbids', async () => {
      expect(await statusOf(allowed, promise)).toBe('valid')
      if (but !== null) expect(await statusOf(allowed, but)).toBe('invalid')
    })

    it('forbids something', async () => expect(await statusOf(forbidden, promise)).toBe('invalid'))

    if (undecided !== undefined)
      it('is neither proved nor refuted by everything', async () =>
        expect(await statusOf(undecided, promise)).toBe('unknown'))
  },
)

it('every promise of these vocabularies is in the table', () => {
  const judged = new Set(table.map(({ vocabulary }) => vocabulary.name))
  for (const name of judged)
    expect(
      table
        .filter((row) => row.vocabulary.name === name)
        .map(({ promise }) => promise)
        .sort(),
    ).toEqual([...(vocabularies[name] as Vocabulary).promises].sort())
})

describe('tokens of a lock or lease in front of a resource', () => {
  const touch = (seq: number, action: 'enter' | 'leave', owner: number, token: number): SinkLine => ({
    type: 'touch',
    seq,
    clockMs: seq,
    action,
    resource: 1,
    owner,
    token,
    refused: null,
  })
  const overlapping = [touch(1, 'enter', 1, 5), touch(2, 'enter', 2, 6), touch(3, 'leave', 1, 5)]
  const stale = [touch(1, 'enter', 1, 5), touch(2, 'leave', 1, 5), touch(3, 'enter', 2, 4)]
  it.each([
    [PROTECTED_LOCK, lockResource, 'linearizable', 'naive', overlapping, 'invalid'],
    [PROTECTED_LOCK, lockResource, 'exclusive', 'naive', overlapping, 'invalid'],
    [PROTECTED_LOCK, lockResource, 'fenced', 'naive', overlapping, 'valid'],
    [PROTECTED_LOCK, lockResource, 'fenced', 'fencing', overlapping, 'invalid'],
    [PROTECTED_LOCK, lockResource, 'exclusive', 'naive', stale, 'valid'],
    [PROTECTED_LEASE, leaseResource, 'linearizable', 'fencing', overlapping, 'invalid'],
    [PROTECTED_LEASE, leaseResource, 'exclusive', 'fencing', overlapping, 'valid'],
  ] as const)('%o, %o, %s, a %s sink', async (vocabulary, checker, promise, mode, lines, status) => {
    const sink: readonly SinkLine[] = [{ type: 'start', mode: mode as SinkMode, clockMs: 0 }, ...lines]
    const parts = { ...claimAll(vocabulary, promise), services: { sink } }
    const steps = [done(1, 'enter', { key: 1, owner: 1, token: 5 }, { refused: null })]
    expect((await judge([checker], steps, parts)).status).toBe(status)
  })
})

describe('what nobody promised', () => {
  const written = { key: 1, value: 1 }
  const steps = [done(0, 'write', written), done(9, 'read', { key: 1 }, { key: 1, value: null })]
  const by = (parts: RecordParts) => judge([linearizability({ initial: null })], steps, parts)

  it('is judged, said, and not held against the cluster of a run', async () => {
    const verdict = await by({ ...expecting('linearizable'), ...claiming(EFFECTS, {}), ...unexpected() })
    expect(verdict).toMatchObject({ status: 'unknown', verdicts: [{ status: 'invalid' }] })
    expect(verdict.summary).toMatch(/^Nothing was promised.*assumed for register.*--expect linearizable\.$/)
  })

  it('is what the check of an imported history asks for', async () => {
    const verdict = await by({})
    expect(verdict.status).toBe('invalid')
    expect(verdict.summary).toContain('judged by linearizable, which is assumed for register')
  })

  it('does not cover a call that was promised', async () => {
    const of = (calls: Readonly<Record<string, PromiseName>>) =>
      by({ ...claiming(REGISTER, calls), ...unexpected() })
    expect(await of({ read: 'linearizable' })).toMatchObject({ status: 'invalid' })
    expect(await of({ write: 'linearizable' })).toMatchObject({ status: 'unknown' })
  })
})

/** A spec without `--expect`. */
function unexpected(): RecordParts {
  return { spec: { ...expecting('linearizable').spec, expect: null } }
}

it('effects are judged by the claim for the vocabulary as a whole', async () => {
  const request = { key: 'a', resource: 1, version: 1 }
  const act = (seq: number): SinkLine => ({
    type: 'request',
    seq,
    clockMs: seq,
    request,
    token: 1,
    worker: 'n1',
    attempt: 1,
    refused: null,
  })
  const sink: readonly SinkLine[] = [{ type: 'start', mode: 'naive', clockMs: 0 }, act(1), act(2)]
  const steps = [done(0, 'submit', request, { key: 'a' }), done(9, 'pending', {}, { pending: [], done: 1 })]
  const under = (promise: PromiseName) =>
    judge([effects], steps, { ...claimAll(EFFECTS, promise), services: { sink } })
  expect(await under('at-least-once')).toMatchObject({ status: 'valid' })
  expect(await under('exactly-once')).toMatchObject({ status: 'invalid' })
})
