import { expect, it } from 'vitest'
import type { Operation } from '../../harness/api/history.ts'
import type { FaultRecord } from '../../harness/api/record.ts'
import { plannedFault } from '../../harness/testing/faults.ts'
import { recordOf } from '../../harness/testing/record.ts'
import { provenSpans } from './fault-times.ts'

const EFFECT = { effective: true, summary: '', measurements: {} }
const FAULT: FaultRecord = {
  planned: plannedFault({ id: 'f', atNs: 10, durationNs: 20 }),
  victims: ['n1'],
  injectedAtNs: 11,
  healedAtNs: 60,
  effective: true,
  effects: [EFFECT, EFFECT],
}

const nemesis = (timeNs: number, type: Operation['type'], f: string): Operation => ({
  index: timeNs,
  timeNs,
  process: 'nemesis',
  type,
  f,
  value: { id: 'f' },
})
const HISTORY = [
  nemesis(10, 'invoke', 'inject'),
  nemesis(12, 'ok', 'inject'),
  nemesis(30, 'invoke', 'heal'),
  nemesis(60, 'ok', 'heal'),
]

const spanOf = (fault: FaultRecord) => provenSpans(recordOf({ history: HISTORY }))(fault)

it('a fault is in force from the measurement of its effect to the beginning of its heal', () => {
  expect(spanOf(FAULT)).toEqual({ fromNs: 12, toNs: 30 })
})

it('one that outlasted its planned end is in force until then', () => {
  expect(spanOf({ ...FAULT, healingAtNs: 50 })).toEqual({ fromNs: 12, toNs: 50 })
})

it('one without an effect at first is not known to be in force', () => {
  expect(spanOf({ ...FAULT, effects: [{ ...EFFECT, effective: false }, EFFECT] })).toBeNull()
  expect(spanOf({ ...FAULT, effects: [{ ...EFFECT, contradiction: 'no' }] })).toBeNull()
})
