/** A run that the previous version left is read as one of this version. */
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
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
    effect: { bit: true, summary: '9 packets', measurements: { packets: 9 } },
  },
]

const VERDICT: RunVerdict = {
  status: 'valid',
  summary: '',
  outsideClaims: false,
  counts: { ok: 1, fail: 0, info: 0 },
  faults: { planned: 2, injected: 2, effective: 1 },
  verdicts: [],
  impact: null,
}

const faultsOf = (dir: string, events: readonly unknown[]) => {
  fs.writeFileSync(path.join(dir, FILES.run), JSON.stringify({ spec: null, claims: null, facts: null }))
  fs.writeFileSync(path.join(dir, FILES.history), '')
  fs.writeFileSync(path.join(dir, FILES.faults), events.map((event) => `${JSON.stringify(event)}\n`).join(''))
  return loadRun(dir).record.faults
}

describe('records of the previous version', () => {
  it('faults that bit are effective', () => {
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

  it('a verdict counts the effective faults', () => {
    using folder = temporaryFolder()
    const faults = { planned: 2, injected: 2, bit: 1 }
    fs.writeFileSync(path.join(folder.path, FILES.verdict), JSON.stringify({ ...VERDICT, faults }))
    expect(readVerdict(folder.path)).toEqual(VERDICT)
  })
})

describe('what this version writes', () => {
  it('is read back as it was', () => {
    using folder = temporaryFolder()
    writeVerdict(folder.path, VERDICT)
    expect(readVerdict(folder.path)).toEqual(VERDICT)
  })

  it('has the old name of effective beside the new one, for one version', () => {
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
