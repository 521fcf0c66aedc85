/** A run of the previous version is read like one of this version. */
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { PlannedFault } from '../api/nemesis.ts'
import type { FaultEvent } from '../api/record.ts'
import type { RunVerdict } from '../api/verdict.ts'
import { temporaryFolder } from '../testing/command.ts'
import { storedFaultEvent } from './previous-version.ts'
import { FILES, loadRun, readVerdict, writeVerdict } from './run-store.ts'

const PLANNED = {
  id: 'partition-1',
  nemesis: 'partition',
  atNs: 1e9,
  durationNs: 1e9,
  model: 'partition',
  intent: { shape: 'leader' },
}
const EVENTS = [
  { type: 'planned', fault: PLANNED },
  { type: 'injected', id: 'partition-1', atNs: 1.1e9, victims: ['n1'] },
  {
    type: 'measured',
    id: 'partition-1',
    atNs: 1.2e9,
    effect: { bit: false, summary: '0 packets', measurements: { packets: 0 } },
  },
  {
    type: 'healed',
    id: 'partition-1',
    atNs: 2e9,
    effect: { bit: true, summary: '9 packets', measurements: { packets: 9, links: 'n1>n2 n2>n1' } },
  },
]

const VERDICT: RunVerdict = {
  status: 'valid',
  summary: '',
  outsideClaims: false,
  counts: { ok: 1, fail: 0, info: 0 },
  faults: { planned: 2, injected: 2, effective: 1 },
  verdicts: [],
  notes: [],
  impact: null,
}

const faultsOf = (dir: string, events: readonly unknown[]) => {
  fs.writeFileSync(path.join(dir, FILES.run), JSON.stringify({ spec: {}, claims: null, facts: null }))
  fs.writeFileSync(path.join(dir, FILES.history), '')
  fs.writeFileSync(path.join(dir, FILES.faults), events.map((event) => `${JSON.stringify(event)}\n`).join(''))
  return loadRun(dir).record.faults
}

describe('records of the previous version', () => {
  it('faults with `bit` are effective', () => {
    using folder = temporaryFolder()
    const [fault] = faultsOf(folder.path, EVENTS) ?? []
    expect(fault).toMatchObject({
      effective: true,
      effects: [
        { effective: false, summary: '0 packets', measurements: { packets: 0 } },
        { effective: true, summary: '9 packets', measurements: { packets: 9 } },
      ],
    })
    expect(fault).not.toHaveProperty('bit')
  })

  it('the kind of a fault follows from its intent, and its links from a measurement', () => {
    using folder = temporaryFolder()
    const kill = { ...PLANNED, id: 'kill-1', nemesis: 'kill', intent: { pattern: 'at-once', data: 'wiped' } }
    const poke = { ...PLANNED, id: 'poke-1', nemesis: 'poke', intent: {} }
    const planned = [kill, poke].map((fault) => ({ type: 'planned', fault }))
    const faults = faultsOf(folder.path, [...EVENTS, ...planned]) ?? []
    const kinds = faults.map((fault) => fault.planned.kind)
    expect(kinds.toSorted()).toEqual(['kill/at-once, wiped', 'partition/leader', 'poke'])
    const effect = faults.find((fault) => fault.planned.id === 'partition-1')?.effects.at(-1)
    expect(effect).toEqual({
      effective: true,
      summary: '9 packets',
      measurements: { packets: 9 },
      links: [
        { from: 'n1', to: 'n2' },
        { from: 'n2', to: 'n1' },
      ],
    })
  })

  it('a verdict counts the effective faults', () => {
    using folder = temporaryFolder()
    const faults = { planned: 2, injected: 2, bit: 1 }
    fs.writeFileSync(path.join(folder.path, FILES.verdict), JSON.stringify({ ...VERDICT, faults }))
    expect(readVerdict(folder.path)).toEqual(VERDICT)
  })
})

describe('what this version writes', () => {
  it('is read back unchanged', () => {
    using folder = temporaryFolder()
    writeVerdict(folder.path, VERDICT)
    expect(readVerdict(folder.path)).toEqual(VERDICT)
    const fault: PlannedFault = {
      ...PLANNED,
      model: 'partition',
      kind: 'partition/anything',
      label: 'a label',
      colour: 'pink',
    }
    const lie = {
      lie: 'x',
      kind: 'replay',
      by: 'n1',
      to: 'n2',
      count: 2,
      firstMs: 1,
      lastMs: 3,
      what: 'y',
    } as const
    const links = [{ from: 'n1', to: 'n2' }]
    const effect = { effective: true, summary: '', measurements: {}, links, lies: [lie] }
    const events: readonly FaultEvent[] = [
      { type: 'planned', fault },
      { type: 'healed', id: fault.id, atNs: 2e9, effect },
    ]
    expect(faultsOf(folder.path, events.map(storedFaultEvent))).toEqual([
      { planned: fault, victims: [], effects: [effect], effective: true, healedAtNs: 2e9 },
    ])
  })

  it('has both names of `effective`, for one version', () => {
    using folder = temporaryFolder()
    expect(writeVerdict(folder.path, VERDICT).faults).toEqual({
      planned: 2,
      injected: 2,
      effective: 1,
      bit: 1,
    })
    const effect = { effective: true, summary: '', measurements: {} }
    expect(storedFaultEvent({ type: 'healed', id: 'kill-1', atNs: 1, effect })).toMatchObject({
      effect: { effective: true, bit: true },
    })
  })
})
