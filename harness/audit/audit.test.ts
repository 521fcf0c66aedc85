import { describe, expect, it } from 'vitest'
import type { Claims, FaultModel } from '../api/claims.ts'
import type { Status } from '../api/verdict.ts'
import { GOVERNANCE_QUESTIONS, NO_ANSWERS, parseAnswers } from './answers.ts'
import { type AuditCard, auditCard, gradeOf, riskOf, scoreOf } from './card.ts'
import { type DimensionName, WEIGHTS } from './dimensions.ts'
import type { AuditedRun } from './run.ts'

const CLAIMS: Claims = {
  source: 'its documentation',
  consistency: { register: 'linearizable', counter: 'linearizable' },
  minority: 'refuse',
  quorums: ['majority of nodes'],
  tellsElections: true,
  recoversWithinMs: 15_000,
  tolerates: { kill: 'any', partition: 'minority' },
}

interface Parts {
  readonly dir?: string
  readonly vocabulary?: string
  readonly models?: readonly FaultModel[]
  readonly judged?: Readonly<Record<string, Status>>
  readonly more?: Partial<AuditedRun>
}

const SHOWS: Readonly<Record<string, AuditedRun['shows']>> = { counter: ['repeats'], access: ['permissions'] }
const OWN: Readonly<Record<string, string>> = {
  register: 'linearizability',
  counter: 'counter',
  access: 'revocation',
}

const run = ({
  dir = 'run-1',
  vocabulary = 'register',
  models = ['kill'],
  judged = {},
  more = {},
}: Parts = {}): AuditedRun => {
  const own = OWN[vocabulary] ?? vocabulary
  const statuses = {
    [own]: 'valid',
    agreement: 'valid',
    leadership: 'valid',
    quorums: 'valid',
    convergence: 'valid',
    recovery: 'valid',
    ...judged,
  } as const
  return {
    dir,
    workload: vocabulary,
    vocabulary,
    shows: SHOWS[vocabulary] ?? [],
    status: Object.values(statuses).includes('invalid') ? 'invalid' : 'valid',
    isOutsideClaims: false,
    isExpected: false,
    claims: CLAIMS,
    nodes: 5,
    judgements: Object.entries(statuses).map(([checker, status]) => ({ checker, status, summary: '' })),
    own: [own],
    operations: 1000,
    faults: new Map(models.map((model) => [model, { faults: 2, operations: 300 }])),
    recovered: { faults: 2, served: 2 },
    told: new Set(['term', 'digest', 'members', 'decisions'] as const),
    leaders: 2,
    ...more,
  }
}

const cardOf = (...runs: readonly AuditedRun[]): AuditCard => auditCard('it', runs, CLAIMS, NO_ANSWERS)

const claim = ({ claims }: AuditCard, text: string) => claims.find((each) => each.claim.startsWith(text))
const value = ({ dimensions }: AuditCard, name: DimensionName): number | undefined =>
  dimensions.find((each) => each.name === name)?.value

const all = (share: number): Record<DimensionName, number> =>
  Object.fromEntries(Object.keys(WEIGHTS).map((name) => [name, share])) as Record<DimensionName, number>

describe('the two numbers', () => {
  it('are 100 and 0 where all was shown, and 0 and 100 where nothing was', () => {
    expect([scoreOf(all(1)), riskOf(all(1))].map(Math.round)).toEqual([100, 0])
    expect([scoreOf(all(0)), riskOf(all(0))].map(Math.round)).toEqual([0, 100])
  })

  it('weigh each dimension as it is written', () => {
    expect(scoreOf({ ...all(0), 'failure model': 1 })).toBeCloseTo(11)
    expect(scoreOf({ ...all(0), communication: 0.5 })).toBeCloseTo(1.5)
    // Not among the nine that a failure comes from.
    expect(riskOf({ ...all(1), security: 0 })).toBeCloseTo(0)
    expect(riskOf({ ...all(1), retries: 0.1 })).toBeCloseTo(10)
  })

  it.each([
    [84, 20, 'strong'],
    [84, 20.1, 'usable, with review'],
    [83.9, 20, 'usable, with review'],
    [70, 35, 'usable, with review'],
    [70, 35.1, 'partial'],
    [69.9, 54.9, 'partial'],
    [10, 55, 'high risk'],
  ] as const)('a score of %s and a risk of %s are %s', (score, risk, grade) => {
    expect(gradeOf(score, risk)).toBe(grade)
  })
})

describe('a claim', () => {
  it('held in the runs that prove it, under the faults that took effect in them', () => {
    const card = cardOf(run(), run({ dir: 'run-2', models: ['partition'] }))
    expect(claim(card, 'register: linearizable')).toMatchObject({
      status: 'held',
      runs: ['run-1', 'run-2'],
      operations: 2000,
      faults: { kill: 2, partition: 2 },
      toShow: null,
    })
    expect(claim(card, 'its promises hold under kill')).toMatchObject({
      status: 'held',
      runs: ['run-1'],
      faults: { kill: 2 },
      operations: 300,
    })
  })

  it('was not shown under faults around which nothing was acknowledged, and is broken all the same', () => {
    const faults = new Map([['kill', { faults: 2, operations: 0 }]] as const)
    const idle = cardOf(run({ more: { faults } }))
    expect(claim(idle, 'its promises hold under kill')).toMatchObject({ status: 'not shown', operations: 0 })
    expect(claim(idle, 'its promises hold under kill')?.toShow).toContain('acknowledged around them')
    const broken = cardOf(run({ judged: { linearizability: 'invalid' }, more: { faults } }))
    expect(claim(broken, 'its promises hold under kill')?.status).toBe('broken')
  })

  it('was not shown where no run speaks of it, and it is said what would', () => {
    const card = cardOf(run())
    expect(claim(card, 'counter')).toMatchObject({
      status: 'not shown',
      runs: [],
      toShow: 'a run with a workload of counter',
    })
    expect(claim(card, 'its promises hold under partition')?.status).toBe('not shown')
  })

  it('was not shown by a run that proves nothing', () => {
    const card = cardOf(run({ judged: { linearizability: 'unknown' } }))
    expect(claim(card, 'register')?.status).toBe('not shown')
  })

  it('is broken by one run, however many hold', () => {
    const broken = run({ dir: 'bad', judged: { linearizability: 'invalid' } })
    const card = cardOf(run(), broken, run({ dir: 'run-3' }))
    expect(claim(card, 'register')).toMatchObject({ status: 'broken', runs: ['bad'] })
    expect(claim(card, 'its promises hold under kill')).toMatchObject({ status: 'broken', runs: ['bad'] })
  })

  it('is not broken by what went beyond the claims, or was expected by somebody else', () => {
    const beyond = run({ dir: 'a', judged: { linearizability: 'invalid' }, more: { isOutsideClaims: true } })
    const expected = run({ dir: 'b', judged: { linearizability: 'invalid' }, more: { isExpected: true } })
    const card = cardOf(run(), beyond, expected)
    expect(claim(card, 'register')).toMatchObject({ status: 'held', runs: ['run-1'] })
    expect(card.weakestThatBroke).toMatchObject({ strength: 'kill' })
    expect(card.runs).toEqual(['run-1', 'a'])
  })
})

describe('a dimension', () => {
  it('has the share of its parts that were shown', () => {
    const card = cardOf(run())
    expect(value(card, 'agreement')).toBe(1)
    expect(value(card, 'failure model')).toBe(1 / 8)
    expect(value(card, 'retries')).toBe(0)
    expect(value(cardOf(run({ vocabulary: 'counter' })), 'retries')).toBe(1 / 2)
    expect(value(cardOf(run({ more: { told: new Set(['term']) } })), 'observability')).toBe(1 / 4)
  })

  it.each([
    ['linearizability', 'agreement'],
    ['linearizability', 'failure model'],
    ['atomic-commitment', 'agreement'],
    ['quorums', 'quorum design'],
    ['leadership', 'leader election'],
    ['agreement', 'log replication'],
    ['sides', 'partition behaviour'],
    ['recovery', 'recovery'],
  ] as const)('is 0 if %s broke: %s', (checker, name) => {
    const card = cardOf(run(), run({ dir: 'bad', judged: { [checker]: 'invalid' } }))
    expect(value(card, name)).toBe(0)
    expect(card.dimensions.find((each) => each.name === name)?.broken?.runs).toEqual(['bad'])
  })

  it('needs faults that took effect', () => {
    const card = cardOf(run({ models: [] }))
    expect(value(card, 'agreement')).toBeCloseTo(1 / 3)
    expect(value(card, 'failure model')).toBe(0)
  })

  it('of quorums is not shown by a run of which nobody can look at every set of nodes', () => {
    expect(value(cardOf(run()), 'quorum design')).toBe(1)
    expect(value(cardOf(run({ more: { nodes: 21 } })), 'quorum design')).toBe(1 / 2)
  })

  it('of replicas and retries needs nodes that stopped or were parted', () => {
    const card = cardOf(run({ models: ['clock'] }), run({ vocabulary: 'counter', models: ['timing'] }))
    expect(value(card, 'agreement')).toBeCloseTo(1 / 3)
    expect([value(card, 'retries'), value(card, 'recovery')]).toEqual([0, 0])
    expect(value(card, 'failure model')).toBe(2 / 8)
  })

  it('of governance is the share of answered questions', () => {
    const answers = parseAnswers({ governance: { owner: 'we' } }, 'a.claims.yaml')
    const share = 1 / Object.keys(GOVERNANCE_QUESTIONS).length
    expect(value(auditCard('it', [run()], CLAIMS, answers), 'governance')).toBe(share)
  })
})

describe('the extremes', () => {
  it('are the weakest fault that broke something, and the strongest that did not', () => {
    const card = cardOf(
      run({ dir: 'a', models: ['kill', 'power-loss'], judged: { linearizability: 'invalid' } }),
      run({ dir: 'b', models: ['partition'], judged: { linearizability: 'invalid' } }),
      run({ dir: 'c', models: ['kill'] }),
      run({ dir: 'd', models: ['clock', 'timing'] }),
    )
    expect(card.weakestThatBroke).toEqual({ strength: 'partition', run: 'b' })
    expect(card.strongestThatDidNot).toEqual({ strength: 'clock', run: 'd' })
  })

  it('may be no fault at all, or no run', () => {
    const card = cardOf(run({ dir: 'a', models: [], judged: { linearizability: 'invalid' } }))
    expect(card.weakestThatBroke).toEqual({ strength: 'no fault', run: 'a' })
    expect(card.strongestThatDidNot).toBeNull()
  })
})

it.each([
  [{ governance: { boss: 'I' } }, /boss/],
  [{ protocol: { agreement: '' } }, /protocol\.agreement/],
  [['x'], /expected object/],
])('a claims file %o is refused with what it may have', (given, why) => {
  expect(() => parseAnswers(given, 'a.claims.yaml')).toThrow(why)
  expect(() => parseAnswers(given, 'a.claims.yaml')).toThrow(
    /a\.claims\.yaml: .*governance \(owner, changes, versions, incidents\)/,
  )
})
