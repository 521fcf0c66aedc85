import { describe, expect, it } from 'vitest'
import type { AvailabilityClaim } from '../../harness/api/claims.ts'
import type { FaultRecord, MachineSample, RunSpec } from '../../harness/api/record.ts'
import type { RunVerdict } from '../../harness/api/verdict.ts'
import { type RecordParts, recordOf } from '../../harness/testing/record.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { composeVerdict } from '../compose.ts'
import { availability } from './availability.ts'
import { CLAIMS, historyWith, provenFault, type Request, sample } from './testing/records.ts'

const NODES = ['n1', 'n2', 'n3']
const KILL = provenFault({ id: 'kill-1', model: 'kill', victims: ['n1'], fromS: 10, toS: 30 })
const both = (a: string, b: string) => [
  { from: a, to: b },
  { from: b, to: a },
]
const CUT = provenFault({
  id: 'partition-1',
  model: 'partition',
  victims: NODES,
  links: [...both('n1', 'n2'), ...both('n1', 'n3')],
  fromS: 10,
  toS: 30,
})

/** One request of 0.5 s each second in [fromS, toS). */
const requests = (
  node: string,
  type: Request['type'],
  fromS: number,
  toS: number,
  f = 'write',
): readonly Request[] =>
  Array.from({ length: toS - fromS }, (_, i) => ({
    node,
    f,
    type,
    fromS: fromS + i,
    toS: fromS + i + 0.5,
  }))

const judge = (
  claim: AvailabilityClaim,
  asked: readonly (readonly Request[])[],
  faults: readonly FaultRecord[],
  parts: RecordParts = {},
): Promise<RunVerdict> =>
  composeVerdict(
    [availability],
    recordOf({
      history: historyWith(asked.flat(), faults),
      vocabulary: REGISTER,
      samples: NODES.map((node) => sample(0, node, {})),
      faults,
      claims: { ...CLAIMS, tolerates: { kill: 'any', partition: 'any' }, availability: claim },
      spec: { nodes: 3, nemeses: [] } as unknown as RunSpec,
      ...parts,
    }),
    new AbortController().signal,
  )

const statusOf = (verdict: RunVerdict): string => verdict.verdicts[0]?.status ?? 'not judged'

/** A machine that lost this share of each second. */
const machine = (share: number): readonly MachineSample[] =>
  Array.from({ length: 40 }, (_, i) => ({
    timeNs: (i + 1) * 1e9,
    periodMs: 1000,
    sleeperLateMs: share * 1000,
    sleeperWorstMs: share * 500,
    loopLateMs: 0,
    pressureMs: null,
    stealMs: null,
  }))

describe('availability', () => {
  it('is judged only where it is claimed', async () => {
    const { verdicts, notes } = await judge({}, [requests('n2', 'info', 10, 30)], [KILL])
    expect(verdicts).toEqual([])
    expect(notes.join()).not.toContain('Availability')
  })

  describe('within 10 s of any single fault', () => {
    const within = (
      asked: readonly (readonly Request[])[],
      faults: readonly FaultRecord[],
      parts?: RecordParts,
    ) => judge({ servesWithinMs: 10_000 }, asked, faults, parts)

    it.each([
      ['served after 5 s', [requests('n2', 'info', 10, 15), requests('n2', 'ok', 15, 30)], 'valid'],
      ['served after 15 s', [requests('n2', 'info', 10, 25), requests('n2', 'ok', 25, 30)], 'invalid'],
      ['never served', [requests('n2', 'fail', 10, 30)], 'invalid'],
      ['only the victim was asked', [requests('n1', 'fail', 10, 30)], 'not judged'],
      ['nobody asked after the 10 s', [requests('n2', 'fail', 10, 19)], 'not judged'],
    ] as const)('%s: %s', async (_, asked, status) => {
      expect(statusOf(await within([...asked, requests('n2', 'ok', 0, 5)], [KILL]))).toBe(status)
    })

    it('in a partition the majority has to serve, the minority has not', async () => {
      expect(statusOf(await within([requests('n1', 'fail', 10, 30)], [CUT]))).toBe('not judged')
      expect(statusOf(await within([requests('n3', 'fail', 10, 30)], [CUT]))).toBe('invalid')
    })

    it('two faults at once are no single fault', async () => {
      const other = provenFault({ id: 'kill-2', model: 'kill', victims: ['n1'], fromS: 9, toS: 12 })
      const { verdicts, notes } = await within([requests('n2', 'info', 10, 30)], [KILL, other])
      expect(verdicts).toEqual([])
      expect(notes).toContainEqual(expect.stringContaining('Availability was not judged'))
    })

    it('a slow machine is not a slow cluster', async () => {
      const late = [requests('n2', 'info', 10, 25), requests('n2', 'ok', 25, 30)]
      const slow = await within(late, [KILL], { machine: machine(0.5) })
      expect(statusOf(slow)).toBe('unknown')
      expect(slow.verdicts[0]?.summary).toContain('the machine may have been the reason')
      expect(statusOf(await within(late, [KILL], { machine: machine(0.1) }))).toBe('invalid')
    })

    it('a fault that was not healed is not held against the cluster', async () => {
      const { healedAtNs: _, ...unhealed } = { ...KILL, error: 'no such process' }
      const { verdicts } = await within([requests('n2', 'fail', 10, 30)], [unhealed])
      expect(verdicts[0]).toMatchObject({
        status: 'unknown',
        summary: expect.stringContaining('no such process'),
      })
    })
  })

  describe('never unavailable for longer than 5 s', () => {
    const never = (asked: readonly (readonly Request[])[], faults: readonly FaultRecord[]) =>
      judge({ neverUnavailableForMs: 5000 }, asked, faults)
    const before = requests('n2', 'ok', 0, 10)
    const after = requests('n2', 'ok', 35, 40)

    it.each([
      ['unavailable for 3 s', [requests('n2', 'fail', 10, 13), requests('n2', 'ok', 13, 35)], 'valid'],
      ['unavailable for 10 s', [requests('n2', 'fail', 10, 20), requests('n2', 'ok', 20, 35)], 'invalid'],
      ['nobody asked', [], 'valid'],
      ['only the victim was asked', [requests('n1', 'fail', 10, 30)], 'valid'],
    ] as const)('%s: %s', async (_, asked, status) => {
      expect(statusOf(await never([before, ...asked, after], [KILL]))).toBe(status)
    })

    it('while no majority runs, nothing is expected', async () => {
      const most = provenFault({ id: 'kill-1', model: 'kill', victims: ['n1', 'n2'], fromS: 10, toS: 30 })
      const asked = [before, requests('n3', 'fail', 10, 30), requests('n3', 'ok', 32, 40)]
      expect(statusOf(await never(asked, [most]))).toBe('valid')
    })
  })

  describe('reads everywhere', () => {
    const everywhere = (asked: readonly (readonly Request[])[]) =>
      judge({ readsEverywhere: true }, asked, [CUT])

    it.each([
      ['a minority that reads', requests('n1', 'ok', 12, 28, 'read'), 'valid'],
      ['a minority that does not read', requests('n1', 'fail', 12, 28, 'read'), 'invalid'],
      ['a minority that does not write', requests('n1', 'fail', 12, 28), 'not judged'],
      ['a minority that notices the cut first', requests('n1', 'fail', 10, 11, 'read'), 'not judged'],
    ] as const)('%s: %s', async (_, asked, status) => {
      expect(statusOf(await everywhere([asked]))).toBe(status)
    })
  })
})
