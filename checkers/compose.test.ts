import { describe, expect, it } from 'vitest'
import type { Claims } from '../harness/api/claims.ts'
import type { Operation } from '../harness/api/history.ts'
import type { FaultRecord, RunRecord, RunSpec } from '../harness/api/record.ts'
import type { Checker, Status } from '../harness/api/verdict.ts'
import { plannedFault } from '../harness/testing/faults.ts'
import { type RecordParts, recordOf } from '../harness/testing/record.ts'
import { composeVerdict, worst } from './compose.ts'

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

const ok: Operation[] = [
  { index: 0, timeNs: 0, process: 0, type: 'invoke', f: 'read', value: null },
  { index: 1, timeNs: 1, process: 0, type: 'ok', f: 'read', value: 1 },
]

const fault = (effective: boolean, victims: readonly string[] = ['n1']): FaultRecord => ({
  planned: plannedFault(),
  victims,
  injectedAtNs: 1,
  healedAtNs: 2,
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

  it('takes the worst, and its sentence', async () => {
    const verdict = await composeVerdict(
      [says('valid'), says('invalid'), says('unknown')],
      record({}),
      signal,
    )
    expect(verdict).toMatchObject({
      status: 'invalid',
      summary: 'invalid says invalid',
      counts: { ok: 1, fail: 0, info: 0 },
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

  it('is vacuous where no operation was ok, where no fault was effective, or where none fitted in', async () => {
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

  it('a violation found in a vacuous run is invalid all the same', async () => {
    const verdict = await composeVerdict(
      [says('invalid')],
      record({ spec, claims, faults: [fault(false)] }),
      signal,
    )
    expect(verdict.status).toBe('invalid')
  })

  it('valid where a fault was effective', async () => {
    const verdict = await composeVerdict(
      [says('valid')],
      record({ spec, claims, faults: [fault(true)] }),
      signal,
    )
    expect(verdict).toMatchObject({ status: 'valid', faults: { planned: 1, injected: 1, effective: 1 } })
  })

  it('is vacuous where fewer than a tenth of the faults were effective', async () => {
    const faults = (effective: number) => Array.from({ length: 20 }, (_, i) => fault(i < effective))
    const judge = (effective: number) =>
      composeVerdict([says('valid')], record({ spec, claims, faults: faults(effective) }), signal)
    expect(await judge(1)).toMatchObject({
      status: 'unknown',
      summary: 'Vacuous: of 20 planned faults only 1 had an effect.',
    })
    expect((await judge(2)).status).toBe('valid')
  })

  it('counts the tolerance over faults in force together, and lost data over the whole run', async () => {
    const at = (from: number, node: string, model: FaultRecord['planned']['model']): FaultRecord => ({
      ...fault(true, [node]),
      planned: { ...fault(true).planned, model },
      injectedAtNs: from,
      healedAtNs: from + 10,
    })
    const bounds: Claims = { ...claims, tolerates: { kill: 1, 'data-loss': 1 } }
    const outside = async (...faults: FaultRecord[]) =>
      (await composeVerdict([says('valid')], record({ spec, claims: bounds, faults }), signal)).outsideClaims
    expect(await outside(at(0, 'n1', 'kill'), at(20, 'n2', 'kill'))).toBe(false)
    expect(await outside(at(0, 'n1', 'kill'), at(5, 'n2', 'kill'))).toBe(true)
    expect(await outside(at(0, 'n1', 'kill'), at(5, 'n1', 'kill'))).toBe(false)
    expect(await outside(at(0, 'n1', 'data-loss'), at(20, 'n2', 'data-loss'))).toBe(true)
    expect(await outside(at(0, 'n1', 'clock'))).toBe(true)
  })

  it('a promise broken by faults beyond the tolerance is outside the claims: reported, not invalid', async () => {
    const beyond = record({ spec, claims, faults: [fault(true, ['n1', 'n2'])] })
    const verdict = await composeVerdict([says('invalid')], beyond, signal)
    expect(verdict).toMatchObject({ status: 'unknown', outsideClaims: true })
    expect(verdict.summary).toContain('Outside the claims (kill: kill-1 hit n1, n2)')
  })
})
