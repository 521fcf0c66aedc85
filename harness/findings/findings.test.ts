import { describe, expect, it } from 'vitest'
import { conclude, finding } from '../../checkers/verdict.ts'
import type { RunVerdict } from '../api/verdict.ts'
import { partition, record, STALE, spec, stale } from '../testing/broken-run.ts'
import type { RecordParts } from '../testing/record.ts'
import { evidenceOf, runVerdictOf, verdictOf } from '../testing/verdicts.ts'
import { findingsOf } from './findings.ts'
import { headlineOf } from './headline.ts'

const BROKEN = "Read of register was promised linearizable (etcd's documentation), which was broken"

describe('the headline of an invalid run', () => {
  it('names the promise, who made it, when it broke, the faults then, and the operations', () => {
    expect(headlineOf(record({ faults: [partition(11.5, 20)] }), stale())).toBe(
      `${BROKEN} at 12.410 s while partition-3 (n1 | n2 n3) was in force: stale read, shown by 2 operations on key 4.`,
    )
  })

  it('names of many faults the first three', () => {
    const faults = [1, 2, 3, 4, 5].map((n) => partition(n, 20, `cut-${n}`))
    expect(headlineOf(record({ faults }), stale())).toContain(
      'cut-1 (n1 | n2 n3), cut-2 (n1 | n2 n3), cut-3 (n1 | n2 n3) and 2 more were in force',
    )
  })

  it('says what was before, where no fault was in force', () => {
    expect(headlineOf(record({ faults: [partition(1, 2)] }), stale())).toContain(
      'at 12.410 s with no fault in force, after partition-3 (n1 | n2 n3) had been healed at 2.000 s:',
    )
    expect(headlineOf(record({ faults: [partition(30, 31)] }), stale())).toContain(
      'at 12.410 s before any fault was in force:',
    )
  })

  it('says who had lied before, since that stays with those who believed it', () => {
    const { planned, ...rest } = partition(1, 2, 'byzantine-1')
    const lied = { ...rest, victims: ['n3'], planned: { ...planned, model: 'byzantine' as const } }
    expect(headlineOf(record({ faults: [lied, partition(11.5, 20)] }), stale())).toContain(
      'at 12.410 s while partition-3 (n1 | n2 n3) was in force, and after n3 had lied:',
    )
    expect(headlineOf(record({ faults: [lied, partition(3, 4)] }), stale())).toContain(
      'had been healed at 4.000 s, and after n3 had lied:',
    )
  })

  it('mentions no fault that had no effect, and none for a history without faults', () => {
    const idle = { ...partition(1, undefined), effective: false }
    expect(headlineOf(record({ faults: [idle] }), stale())).not.toMatch(/partition|fault/)
    const imported = record({ spec: null, faults: null, vocabulary: null })
    expect(headlineOf(imported, stale())).toBe(
      "Read was promised linearizable (etcd's documentation), which was broken at 12.410 s: stale read, shown by 2 operations.",
    )
  })

  it('gives no time for a history without times', () => {
    const history = STALE.map((operation, i) => ({ ...operation, timeNs: i * 1e6 }))
    const imported = record({ spec: null, faults: null, history })
    expect(headlineOf(imported, stale())).toBe(`${BROKEN}: stale read, shown by 2 operations on key 4.`)
  })

  it('gives the latest time of findings that were counted together, and no fault for it', () => {
    const lost = verdictOf({
      promise: { text: 'submit: exactly-once', source: 'README' },
      evidence: [evidenceOf([0, 2], { title: 'lost: 121' })],
      details: { lost: 121 },
    })
    expect(headlineOf(record({ faults: [partition(1, 20)] }), runVerdictOf([lost]))).toBe(
      'Submit of register was promised exactly-once (README), which was broken: lost (121 times), shown by 2 operations on key 4; all that is shown had happened by 12.410 s.',
    )
  })

  it('says after what something went missing, and no fault for it', () => {
    const lost = stale({ anomaly: 'lost element', isMissing: true })
    expect(headlineOf(record({ faults: [partition(1, 20)] }), lost)).toBe(
      `${BROKEN} after 11.000 s: lost element, shown by 2 operations on key 4.`,
    )
  })

  it("tells the checker's own sentence where no operation shows all that was found", () => {
    const differing = verdictOf({
      promise: { text: 'replicas agree', source: 'README' },
      summary: 'n1 and n2 differ at position 7.',
      evidence: [evidenceOf([], { anomaly: 'diverging replicas', atNs: 12e9 })],
    })
    expect(headlineOf(record(), runVerdictOf([differing]))).toBe(
      'The promise "replicas agree" (README) was broken at 12.000 s: n1 and n2 differ at position 7.',
    )
  })

  it('names what hit the odd node, not what was in force elsewhere', () => {
    const odd = {
      node: 'n1',
      good: { timeNs: 5e9, text: 'leader in term 3' },
      bad: { timeNs: 12e9, text: 'follower in term 0' },
    }
    const back = verdictOf({
      promise: { text: 'terms never go back', source: 'README' },
      evidence: [
        evidenceOf([], { title: 'back', anomaly: 'term goes back', atNs: 12e9, odd: [odd] }),
        evidenceOf([], { title: 'other', anomaly: 'another' }),
      ],
    })
    const elsewhere = { ...partition(11, 20, 'elsewhere'), victims: ['n3'] }
    const faults = [partition(1, 4, 'too-early'), partition(6, 11.5, 'cut'), elsewhere]
    const verdict = runVerdictOf([back])
    expect(headlineOf(record({ faults }), verdict)).toBe(
      'The promise "terms never go back" (README) was broken at 12.000 s: term goes back; it shows on n1, hit by cut (n1 | n2 n3) until 11.500 s.',
    )
    expect(findingsOf(record({ faults }), verdict)[0]).toMatchObject({ faults: ['cut'], nodes: ['n1'] })
    expect(headlineOf(record({ faults: [elsewhere] }), verdict)).toContain(
      'at 12.000 s while elsewhere (n1 | n2 n3) was in force: term goes back; it shows on n1.',
    )
  })

  it('tells the earliest of findings about nodes first', () => {
    const at = (timeNs: number) => ({
      atNs: timeNs,
      odd: [{ node: 'n1', good: null, bad: { timeNs, text: 'wrong' } }],
    })
    const verdict = runVerdictOf([
      verdictOf({ checker: 'late', evidence: [evidenceOf([], at(12e9))] }),
      verdictOf({ checker: 'other' }),
      verdictOf({ checker: 'early', evidence: [evidenceOf([], at(11e9))] }),
    ])
    expect(findingsOf(record(), verdict).map(({ checker }) => checker)).toEqual(['early', 'other', 'late'])
  })

  it('quotes a promise in words, and tells the summary where no operation shows it', () => {
    const terms = verdictOf({
      promise: { text: 'one leader per term', source: 'README' },
      summary: 'Two led.',
    })
    expect(headlineOf(record(), runVerdictOf([terms]))).toBe(
      'The promise "one leader per term" (README) was broken: Two led.',
    )
  })
})

describe('the headline of other runs', () => {
  it('of a valid run says what was tried', () => {
    const verdict = runVerdictOf([verdictOf({ status: 'valid' })], {
      counts: { ok: 2, fail: 0, info: 0 },
      faults: { planned: 3, injected: 2, effective: 1 },
      impact: {
        recoveries: [],
        longestUnavailabilityMs: {},
        coverage: {},
        served: { askedS: 4, servedS: 3 },
      },
    })
    const tried =
      'No promise was broken (1 checker proved it for this history): 2 operations of register, 2 acknowledged, 1 of them while a fault was in force; 1 of 3 planned faults took effect: partition (1), and the cluster served in 3 of 4 s.'
    expect(headlineOf(record({ faults: [partition(11.5, 20)] }), verdict)).toBe(tried)
    const slowly = { ...partition(11.5, 20), injectingAtNs: 0 }
    expect(headlineOf(record({ faults: [slowly] }), verdict)).toBe(tried)
  })

  it('of an unknown run says what was missing, and what to change or to look at', () => {
    const verdict = runVerdictOf([], {
      status: 'unknown',
      summary: 'Vacuous: no operation was ok.',
      counts: { ok: 0, fail: 9, info: 0 },
      errors: [{ source: 'client', message: 'c.sync is not a function', count: 9, nodes: [] }],
    })
    expect(headlineOf(record(), verdict)).toBe(
      'Nothing was proved: Vacuous: no operation was ok. The most frequent error (9 times) was: c.sync is not a function.',
    )
  })

  it('of an unknown run tells it apart from one in which something was proved', () => {
    const some = verdictOf({ status: 'valid' })
    const undecided = verdictOf({ checker: 'x', status: 'unknown', summary: 'Not decided: no time.' })
    const unknown = {
      status: 'unknown',
      summary: undecided.summary,
      counts: { ok: 1, fail: 0, info: 0 },
    } as const
    expect(headlineOf(record(), runVerdictOf([some, undecided], unknown))).toBe(
      'Not everything was proved: Not decided: no time.',
    )
    expect(headlineOf(record(), runVerdictOf([undecided], unknown))).toBe(
      'Nothing was proved: Not decided: no time.',
    )
  })

  it('of a broken promise that does not count says why', () => {
    const outside = { ...stale(), status: 'unknown' as const, outsideClaims: true }
    expect(headlineOf(record(), outside)).toMatch(
      /^Not held against the cluster, because faults went beyond what the claims tolerate: Read of register/,
    )
  })

  it('of one that --expect names does not excuse it by the claims', () => {
    const verdict = stale()
    const verdicts = verdict.verdicts.map((each) => ({
      ...each,
      promise: { ...each.promise, expected: true as const },
    }))
    expect(headlineOf(record(), { ...verdict, verdicts, outsideClaims: true })).toMatch(/^Read of register/)
  })
})

describe('findings', () => {
  const [found] = findingsOf(record({ faults: [partition(11.5, 20)] }), stale())

  it('have the operations, the nodes, the time, and the faults in force then', () => {
    expect(found).toMatchObject({
      anomaly: 'stale read',
      operations: [0, 2],
      nodes: ['n1', 'n2'],
      firstAtNs: 12.41e9,
      faults: ['partition-3'],
      excuse: null,
    })
  })

  const print = (parts: RecordParts, verdict: RunVerdict): string | undefined =>
    findingsOf(record(parts), verdict)[0]?.fingerprint

  it('have a fingerprint without times, values, keys, seeds, nodes and limits', () => {
    expect(found?.fingerprint).toMatch(/^[0-9a-f]{16}$/)
    const later = STALE.map((operation) => ({ ...operation, timeNs: operation.timeNs + 5e9, node: 'n9' }))
    const other = { history: later, spec: { ...spec, seed: 99, nodes: 5 } }
    expect(print(other, stale({ title: 'Key 77', operations: [2] }))).toBe(found?.fingerprint)
    const within = (limit: string) =>
      print({}, runVerdictOf([verdictOf({ promise: { text: `recovers within ${limit} s`, source: '' } })]))
    expect(within('15.0')).toBe(within('30.5'))
    const inAll = ['500 ms', '15.0 s', '2 min 30 s'].map((limit) =>
      print({}, runVerdictOf([verdictOf({ promise: { text: `recovers within ${limit}`, source: '' } })])),
    )
    expect(new Set(inAll).size).toBe(1)
  })

  it('have another fingerprint for another target, promise, checker, anomaly or kind', () => {
    const changes = [
      print({ spec: { ...spec, target: '/home/me/redis.ts' } }, stale()),
      print({}, stale({ anomaly: 'lost update' })),
      print({}, runVerdictOf([verdictOf({ evidence: [evidenceOf([0])] })])),
      print({}, runVerdictOf([verdictOf({ checker: 'sequential' })])),
      print({}, runVerdictOf([verdictOf({ promise: { text: 'read: causal', source: '' } })])),
      print(
        {},
        runVerdictOf([
          verdictOf({ evidence: [evidenceOf([0], { title: 'lost: 1' })], details: { lost: 1 } }),
        ]),
      ),
    ]
    expect(new Set([found?.fingerprint, ...changes]).size).toBe(changes.length + 1)
    expect(print({ spec: { ...spec, target: '/elsewhere/redis.ts' } }, stale())).toBe(changes[0])
  })

  it('are one for each kind that a checker counted, without what the promise allows', () => {
    const judged = conclude(
      [
        finding('lost', 'a', []),
        finding('lost', 'b', []),
        finding('late', 'c', []),
        finding('twice', 'd', []),
      ],
      {
        seen: '4 requests',
        clean: '',
        unproven: null,
        kinds: ['lost', 'late', 'twice'],
        allows: (kind) => kind === 'late',
        details: {},
      },
    )
    const all = findingsOf(record(), runVerdictOf([verdictOf(judged)]))
    expect(all.map(({ anomaly, count }) => [anomaly, count])).toEqual([
      ['lost', 2],
      ['twice', 1],
    ])
  })

  it('leave out evidence that the promise allows, and count all that the checker counted', () => {
    const evidence = [
      evidenceOf([0], { anomaly: 'G1a' }),
      evidenceOf([2], { anomaly: 'G1a' }),
      evidenceOf([2], { anomaly: 'G2-item', isAllowed: true }),
    ]
    const all = findingsOf(
      record(),
      runVerdictOf([verdictOf({ evidence, details: { anomalies: { G1a: 31, 'G2-item': 2 } } })]),
    )
    expect(all.map(({ anomaly, count }) => [anomaly, count])).toEqual([['G1a', 31]])
  })

  it('name no fault where the very time is not known, and only invocations', () => {
    const faults = [partition(1, 20)]
    const counted = verdictOf({
      evidence: [evidenceOf([0, 1, 2, 3], { title: 'lost: 121' })],
      details: { lost: 121 },
    })
    expect(findingsOf(record({ faults }), runVerdictOf([counted]))[0]).toMatchObject({
      operations: [0, 2],
      firstAtNs: 12.41e9,
      faults: [],
    })
    expect(findingsOf(record({ faults }), stale({ isMissing: true }))[0]).toMatchObject({
      firstAtNs: 11e9,
      faults: [],
    })
  })

  it('were found at least once, also without any evidence', () => {
    expect(findingsOf(record(), runVerdictOf([verdictOf()]))[0]).toMatchObject({ count: 1, operations: [] })
  })

  it('name nodes in the order in which people count', () => {
    const history = STALE.map((operation, i) => ({ ...operation, node: i < 2 ? 'n10' : 'n2' }))
    expect(findingsOf(record({ history }), stale())[0]?.nodes).toEqual(['n2', 'n10'])
  })

  it('take a key that looks like a count for a key', () => {
    const keys = [evidenceOf([0], { title: 'Key a: 5' }), evidenceOf([2], { title: 'Key b: 6 fails too' })]
    const all = findingsOf(record(), runVerdictOf([verdictOf({ evidence: keys })]))
    expect(all).toHaveLength(1)
    expect(all[0]).toMatchObject({ anomaly: 'linearizability', operations: [0, 2] })
  })

  it('come first if they are held against the cluster', () => {
    const claims = {
      source: 'x',
      consistency: {},
      minority: 'refuse',
      tolerates: {},
      recoversWithinMs: 1,
    } as const
    const assumed = {
      text: 'read: causal',
      source: 'assumed',
      assumed: { text: 'causal', toClaim: 'claim it' },
    }
    const verdict = runVerdictOf([verdictOf({ checker: 'causal', promise: assumed }), verdictOf()])
    const all = findingsOf(record({ claims }), verdict)
    expect(all.map(({ checker, excuse }) => [checker, excuse])).toEqual([
      ['linearizability', null],
      ['causal', 'nobody promised it'],
    ])
  })

  it('are none for a valid run', () => {
    expect(findingsOf(record(), runVerdictOf([verdictOf({ status: 'valid' })]))).toEqual([])
  })
})
