/**
 * Each workload, as it is run, against a machine that loses, forgets or delays: its checkers must notice. A checker that looks
 * at some of the answers only would call such a run valid.
 */
import { describe, expect, it } from 'vitest'
import { composeVerdict } from '../checkers/compose.ts'
import { MISBEHAVIOURS, type Misbehaviour, runOnBroken } from '../harness/testing/broken-machine.ts'
import { structures } from '../targets/raft/structures/index.ts'
import { workloads } from './index.ts'

/** What nobody can notice, or is not promised. */
const UNNOTICED: Readonly<Record<string, Partial<Record<Misbehaviour, string>>>> = {
  watch: { 'stale reads': 'a watch may be late' },
  lease: {
    ignored:
      'a release that has no effect: the lease ends by itself; an acquire: two may hold it, if both ask in time',
    late: 'the same',
  },
}

const SERVED = Object.values(workloads).filter(
  ({ vocabulary }) => structures[vocabulary.name] !== undefined && vocabulary.services.length === 0,
)

describe.each(SERVED.map((workload) => [workload.name, workload] as const))('%s', (name, workload) => {
  it.each(MISBEHAVIOURS)('a machine: %s', async (how) => {
    const { record, times } = runOnBroken(workload, how)
    const checkers = workload
      .checkers(record.workloadOptions ?? {})
      .filter((checker) => checker.needs.every((part) => record[part] !== null))
    const { status, summary } = await composeVerdict(checkers, record, new AbortController().signal)
    if (how === 'healthy') expect(status, summary).toBe('valid')
    else if (times > 0 && UNNOTICED[name]?.[how] === undefined) expect(status, summary).toBe('invalid')
    else expect(status, summary).not.toBe('unknown')
  })
})

it('every way to misbehave happens in some workload', () => {
  for (const how of MISBEHAVIOURS)
    if (how !== 'healthy')
      expect(SERVED.filter((workload) => runOnBroken(workload, how).times > 0).length, how).toBeGreaterThan(4)
})
