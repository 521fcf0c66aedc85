import { describe, expect, it } from 'vitest'
import type { Claims } from '../harness/api/claims.ts'
import type { Operation } from '../harness/api/history.ts'
import type { FaultRecord, RunRecord, RunSpec } from '../harness/api/record.ts'
import type { Checker, Status } from '../harness/api/verdict.ts'
import { plannedFault } from '../harness/testing/faults.ts'
import { type RecordParts, recordOf } from '../harness/testing/record.ts'
import { composeVerdict, worst } from './compose.ts'
import { assumed } from './promise.ts'

const signal = new AbortController().signal

const says = (status: Status, name = status): Checker => ({
  name,
  finds: 'what it is told',
  needs: [],
  check: async () => ({
    checker: name,
    status,
    promise: { text: 'x', source: 'y' },
    summary: `${name} says ${status}`,
    evidence: [],
    details: {},
  }),
})

/** Reads of 10 ms, acknowledged at these times. */
const readsAt = (timesS: readonly number[]): readonly Operation[] =>
  timesS.flatMap((atS, i): Operation[] => {
    const base = { process: 0, f: 'read', value: null } as const
    return [
      { ...base, index: 2 * i, timeNs: atS * 1e9 - 1e7, type: 'invoke' },
      { ...base, index: 2 * i + 1, timeNs: atS * 1e9, type: 'ok' },
    ]
  })

/** Every tenth of a second. */
const between = (fromS: number, toS: number): readonly number[] =>
  Array.from({ length: Math.round((toS - fromS) * 10) }, (_, i) => fromS + (i + 1) / 10)

const ok = readsAt(between(0, 2))

const fault = (effective: boolean, victims: readonly string[] = ['n1']): FaultRecord => ({
  planned: plannedFault(),
  victims,
  injectedAtNs: 1e9,
  healedAtNs: 2e9,
  effects: [],
  effective,
})

const spec = { nodes: 3, nemeses: [{ name: 'kill', options: {} }] } as unknown as RunSpec
const claims: Claims = {
  source: 's',
  consistency: {},
  minority: 'refuse',
  tolerates: { kill: 'minority' },
  recoversWithinMs: 1000,
}
const record = (parts: RecordParts): RunRecord => recordOf({ history: ok, ...parts })

describe('composition', () => {
  it('invalid > unknown > valid', () => {
    expect(worst(['valid', 'unknown', 'invalid'])).toBe('invalid')
    expect(worst(['valid', 'unknown'])).toBe('unknown')
    expect(worst([])).toBe('valid')
  })

  it('takes the worst status, and its summary', async () => {
    const verdict = await composeVerdict(
      [says('valid'), says('invalid'), says('unknown')],
      record({}),
      signal,
    )
    expect(verdict).toMatchObject({
      status: 'invalid',
      summary: 'invalid says invalid',
      counts: { ok: 20, fail: 0, info: 0 },
    })
  })

  it('a checker that crashes, or lacks a part of the record, is unknown', async () => {
    const crash: Checker = {
      name: 'crash',
      finds: 'nothing',
      needs: [],
      check: () => Promise.reject(new Error('boom')),
    }
    const needy: Checker = { ...says('valid', 'valid'), needs: ['samples'] }
    const verdict = await composeVerdict([crash, needy], record({}), signal)
    expect(verdict.verdicts.map(({ status, summary }) => [status, summary])).toEqual([
      ['unknown', 'The checker failed: boom'],
      ['unknown', 'Not judged: the record lacks samples.'],
    ])
  })

  it('is vacuous if no operation was ok, no fault was effective, or no fault fitted into the run', async () => {
    const nothing = await composeVerdict([says('valid')], record({ history: [] }), signal)
    expect(nothing).toMatchObject({ status: 'unknown', summary: 'Vacuous: no operation was ok.' })
    const idle = await composeVerdict(
      [says('valid')],
      record({ spec, claims, faults: [fault(false)] }),
      signal,
    )
    expect(idle).toMatchObject({
      status: 'unknown',
      summary: 'Vacuous: faults were planned, but none was effective.',
    })
    const none = await composeVerdict([says('valid')], record({ spec, claims, faults: [] }), signal)
    expect(none.status).toBe('unknown')
  })

  it('a violation found in a vacuous run is still invalid', async () => {
    const verdict = await composeVerdict(
      [says('invalid')],
      record({ spec, claims, faults: [fault(false)] }),
      signal,
    )
    expect(verdict.status).toBe('invalid')
  })

  it('valid if a fault was effective', async () => {
    const verdict = await composeVerdict(
      [says('valid')],
      record({ spec, claims, faults: [fault(true)] }),
      signal,
    )
    expect(verdict).toMatchObject({ status: 'valid', faults: { planned: 1, injected: 1, effective: 1 } })
  })

  it('is vacuous if fewer than a tenth of the faults were effective', async () => {
    const faults = (effective: number) => Array.from({ length: 20 }, (_, i) => fault(i < effective))
    const judge = (effective: number) =>
      composeVerdict([says('valid')], record({ spec, claims, faults: faults(effective) }), signal)
    expect(await judge(1)).toMatchObject({
      status: 'unknown',
      summary: 'Vacuous: only 1 of 20 planned faults had an effect.',
    })
    expect((await judge(2)).status).toBe('valid')
  })

  it('says that most faults were left out, and what to change', async () => {
    const faults = Array.from({ length: 20 }, (_, i) => ({
      ...fault(i < 1),
      ...(i < 1 ? {} : { isLeftOut: true as const }),
    }))
    const { summary } = await composeVerdict([says('valid')], record({ spec, claims, faults }), signal)
    expect(summary).toMatch(
      /only 1 of 20 planned faults had an effect: 19 were left out, because the cluster had served too little before them; shorter faults \(duration\)/,
    )
  })

  describe('a run in which the cluster was hardly used while it was broken is vacuous', () => {
    /** Kills in force from and to these times. */
    const kills = (...spans: readonly (readonly [number, number])[]): readonly FaultRecord[] =>
      spans.map(([fromS, toS], i) => ({
        ...fault(true),
        planned: plannedFault({ id: `kill-${i + 1}` }),
        injectedAtNs: fromS * 1e9,
        healedAtNs: toS * 1e9,
      }))
    const compose = (history: readonly Operation[], faults: readonly FaultRecord[]) =>
      composeVerdict([says('valid')], record({ spec, claims, faults, history }), signal)
    const everySix = kills(...Array.from({ length: 9 }, (_, i) => [6 * i + 6, 6 * i + 8] as const))

    it('killed again and again before it is up', async () => {
      const history = readsAt(between(0, 60)).map((operation) =>
        operation.type === 'ok' && operation.timeNs > 5.9e9
          ? { ...operation, type: 'fail' as const }
          : operation,
      )
      const verdict = await compose(history, everySix)
      expect(verdict.status).toBe('unknown')
      expect(verdict.summary).toMatch(/^Vacuous: .* 0 operations .* a longer interval/)
    })

    it('up after the last kill alone', async () => {
      const history = readsAt([...between(0, 5.9), ...between(57, 60)])
      expect(await compose(history, everySix)).toMatchObject({
        status: 'unknown',
        summary: expect.stringContaining('only 1 of 9 faults'),
      })
    })

    it('serving a moment after each restart, in one second of six', async () => {
      const isServed = (atS: number): boolean =>
        everySix.some(({ healedAtNs = 0 }) => atS > healedAtNs / 1e9 && atS < healedAtNs / 1e9 + 0.45)
      const history = readsAt(between(0, 60)).map((operation) =>
        operation.type === 'ok' && !isServed(operation.timeNs / 1e9)
          ? { ...operation, type: 'fail' as const }
          : operation,
      )
      expect(await compose(history, everySix)).toMatchObject({
        status: 'unknown',
        summary: expect.stringMatching(/served in only 9 of the 6\d s/),
      })
    })

    it('a single server that serves between its kills was used, and what was not is a note', async () => {
      const faults = kills([2, 4], [7, 9])
      const verdict = await compose(
        readsAt([...between(0, 1.9), ...between(4.5, 6.5), ...between(9.5, 12)]),
        faults,
      )
      expect(verdict).toMatchObject({
        status: 'valid',
        impact: { use: { 'kill/at-once': { faults: 2, used: 2, during: {}, after: { read: 45 } } } },
      })
      expect(verdict.notes).toEqual([
        'No operation was acknowledged while these were in force: kill/at-once. What they did is shown only by what was acknowledged afterwards.',
        'Never acknowledged while a fault was in force: read.',
      ])
    })

    it('serving all the time', async () => {
      const verdict = await compose(readsAt(between(0, 12)), kills([2, 4], [7, 9]))
      expect(verdict).toMatchObject({ status: 'valid', notes: [] })
    })
  })

  it('says what was assumed, and what was not judged and why', async () => {
    const assuming: Checker = {
      ...says('valid'),
      check: async () => ({
        checker: 'assuming',
        status: 'valid',
        promise: assumed('nothing is lost'),
        summary: '',
        evidence: [],
        details: {},
      }),
    }
    const idle: Checker = { ...says('invalid'), applies: () => false, whyNot: () => 'Sizes were not judged.' }
    const silent: Checker = { ...says('invalid'), applies: () => false, whyNot: () => null }
    const { notes, status } = await composeVerdict([assuming, idle, silent], record({}), signal)
    expect(status).toBe('valid')
    expect(notes).toEqual([
      'Assumed, because nobody promised it: nothing is lost (assuming).',
      'Sizes were not judged.',
    ])
  })

  it('a fault that was not healed, or that its probe contradicts, is said first', async () => {
    const { healedAtNs: _, ...unhealed } = fault(true)
    const summaryOf = async (broken: FaultRecord): Promise<string> =>
      (await composeVerdict([says('valid')], record({ spec, claims, faults: [broken] }), signal)).summary
    expect(await summaryOf({ ...unhealed, error: 'no such node' })).toBe(
      'The fault kill-1 (kill/at-once) was not healed: no such node; what follows from it is not held against the cluster. valid says valid',
    )
    const effect = {
      effective: true,
      summary: '',
      measurements: {},
      contradiction: '2 of 4 cut directions let packets through',
    }
    expect(await summaryOf({ ...fault(true), effects: [effect] })).toMatch(
      /^The fault kill-1 .* was not what it was meant to be: 2 of 4 cut directions/,
    )
    expect(await summaryOf(fault(true))).toBe('valid says valid')
  })

  it('counts tolerance over faults in force at the same time, and lost data over the whole run', async () => {
    const at = (from: number, node: string, model: FaultRecord['planned']['model']): FaultRecord => ({
      ...fault(true, [node]),
      planned: { ...fault(true).planned, model },
      injectedAtNs: from,
      healedAtNs: from + 10,
    })
    const bounds: Claims = { ...claims, tolerates: { kill: 1, 'data-loss': 1, byzantine: 1 } }
    const outside = async (...faults: FaultRecord[]) =>
      (await composeVerdict([says('valid')], record({ spec, claims: bounds, faults }), signal)).outsideClaims
    expect(await outside(at(0, 'n1', 'kill'), at(20, 'n2', 'kill'))).toBe(false)
    expect(await outside(at(0, 'n1', 'kill'), at(5, 'n2', 'kill'))).toBe(true)
    expect(await outside(at(0, 'n1', 'kill'), at(5, 'n1', 'kill'))).toBe(false)
    expect(await outside(at(0, 'n1', 'data-loss'), at(20, 'n2', 'data-loss'))).toBe(true)
    expect(await outside(at(0, 'n1', 'byzantine'), at(20, 'n1', 'byzantine'))).toBe(false)
    expect(await outside(at(0, 'n1', 'byzantine'), at(20, 'n2', 'byzantine'))).toBe(true)
    expect(await outside(at(0, 'n1', 'clock'))).toBe(true)
  })

  it('a promise broken by faults beyond the tolerance is outside the claims: reported, not invalid', async () => {
    const beyond = record({ spec, claims, faults: [fault(true, ['n1', 'n2'])] })
    const verdict = await composeVerdict([says('invalid')], beyond, signal)
    expect(verdict).toMatchObject({ status: 'unknown', outsideClaims: true })
    expect(verdict.summary).toContain('Outside the claims (kill: kill-1 hit n1, n2)')
  })

  it('one that --expect names counts, whatever the claims tolerate, and the others still do not', async () => {
    const beyond = record({ spec, claims, faults: [fault(true, ['n1', 'n2'])] })
    const broken = says('invalid')
    const expecting: Checker = {
      ...broken,
      check: async (...args) => {
        const verdict = await broken.check(...args)
        return { ...verdict, summary: 'not as expected', promise: { ...verdict.promise, expected: true } }
      },
    }
    const verdict = await composeVerdict([broken, expecting], beyond, signal)
    expect(verdict).toMatchObject({ status: 'invalid', outsideClaims: true, summary: 'not as expected' })
  })
})
