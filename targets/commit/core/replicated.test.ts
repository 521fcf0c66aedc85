/**
 * Transcripts with a replicated coordinator. Numbers of sections: Gray and Lampson, "Consensus on Transaction Commit" (2006).
 * n2 leads the log of decisions, n1 coordinates, n2 and n3 take part.
 */
import { describe, expect, it } from 'vitest'
import { ASK_TICKS, Bench, BOTH, ELECTION_TICKS, TX, VOTE_TICKS, write } from '../testing/bench.ts'
import { DecisionTable } from './decision-table.ts'
import { healthyCore } from './deviations.ts'
import type { Proposal } from './types.ts'

/** All hear what is chosen by the next heartbeat of the leader. */
const settle = (bench: Bench, leader: string): readonly string[] => {
  bench.tick(leader, 1)
  return bench.deliver()
}

const elect = (bench: Bench, leader: string): void => {
  bench.tick(leader, ELECTION_TICKS)
  bench.deliver()
  settle(bench, leader)
}

const three = (bug: ConstructorParameters<typeof Bench>[1] = null): Bench => {
  const bench = new Bench(['n1', 'n2', 'n3'], bug, 'replicated')
  elect(bench, 'n2')
  return bench
}

/** In doubt for so long that it asks the log. */
const waitInDoubt = (bench: Bench, id: string): readonly string[] => {
  bench.tick(id, VOTE_TICKS + ASK_TICKS)
  return bench.deliver()
}

describe('the decision is chosen before it is told (4.2)', () => {
  it('and every node hears it from the log', () => {
    const bench = three()
    bench.begin('n1', BOTH, 1)
    expect(bench.deliver()).toEqual([
      `n1>n2 prepare ${TX}`,
      `n2 writes prepared ${TX}`,
      `n1>n3 prepare ${TX}`,
      `n3 writes prepared ${TX}`,
      `n2>n1 yes ${TX}`,
      `n3>n1 yes ${TX}`,
      `n1>n2 propose commit ${TX}`,
      `n2 writes accepted 1=commit ${TX}`,
      `n2>n1 accept [1=commit ${TX}] chosen to 0`,
      `n1 writes accepted 1=commit ${TX}`,
      `n2>n3 accept [1=commit ${TX}] chosen to 0`,
      `n3 writes accepted 1=commit ${TX}`,
      'n1>n2 accepted [1]',
      `n2 writes commit ${TX}`,
      'n3>n2 accepted [1]',
    ])
    expect(bench.answers).toEqual([])
    expect(settle(bench, 'n2')).toEqual([
      'n2>n1 accept [] chosen to 1',
      'n1 answers done',
      'n2>n3 accept [] chosen to 1',
      `n3 writes commit ${TX}`,
      'n1>n2 accepted []',
      'n3>n2 accepted []',
    ])
    expect([bench.value('n2'), bench.value('n3')]).toEqual([20, 30])
  })

  it('one that tells it before decides differently from the others', () => {
    const bench = three('decided-before-chosen')
    bench.begin('n1', BOTH, 1)
    bench.deliver((words) => words.includes('propose') || words.startsWith('n1>n3 commit'))
    expect(bench.value('n2')).toBe(20)
    bench.cut.add('n1')
    waitInDoubt(bench, 'n3')
    settle(bench, 'n2')
    expect([bench.inDoubt('n3'), bench.value('n3')]).toEqual([[], null])
  })
})

describe('nobody waits for the coordinator (3.3 and 4.2)', () => {
  it('one that is gone before it has proposed: a participant in doubt aborts', () => {
    const bench = three()
    bench.begin('n1', BOTH, 1)
    bench.deliver((words) => words.includes('yes'))
    bench.cut.add('n1')
    expect(waitInDoubt(bench, 'n3')).toContain(`n3>n2 propose abort ${TX}`)
    settle(bench, 'n2')
    expect([bench.inDoubt('n2'), bench.inDoubt('n3')]).toEqual([[], []])
    expect([bench.value('n2'), bench.value('n3')]).toEqual([null, null])
  })

  it('one whose commit is accepted by somebody, and who leads the log: another leader commits', () => {
    const bench = new Bench(['n1', 'n2', 'n3'], null, 'replicated')
    elect(bench, 'n1')
    bench.begin('n1', BOTH, 1)
    bench.deliver((words) => words.startsWith('n1>n3 accept') || words.startsWith('n2>n1 accepted'))
    bench.cut.add('n1')
    expect([bench.inDoubt('n2'), bench.inDoubt('n3')]).toEqual([[TX], [TX]])
    // Each waits until it has not heard a leader for long enough.
    for (let i = 0; i < 2 * ELECTION_TICKS; i++) for (const id of ['n2', 'n3']) settle(bench, id)
    expect([bench.value('n2'), bench.value('n3')]).toEqual([20, 30])
  })

  it('who asks late hears the decision that was made', () => {
    const bench = three()
    bench.begin('n1', BOTH, 1)
    bench.deliver()
    waitInDoubt(bench, 'n3')
    settle(bench, 'n2')
    expect([bench.value('n2'), bench.value('n3')]).toEqual([20, 30])
  })

  it('a minority waits: nothing can be chosen', () => {
    const bench = three()
    bench.begin('n1', BOTH, 1)
    bench.deliver((words) => words.includes('yes'))
    bench.cut.add('n1')
    bench.cut.add('n2')
    waitInDoubt(bench, 'n3')
    expect(bench.inDoubt('n3')).toEqual([TX])
  })
})

describe('a request that is repeated', () => {
  it('to a coordinator that has not heard of its own commit takes effect once', () => {
    const bench = three()
    bench.begin('n1', BOTH, 1)
    bench.deliver()
    // It starts again before the heartbeat that tells what is chosen, and others have settled by then.
    bench.start('n1')
    bench.tick('n2', 1)
    bench.deliver((words) => words.startsWith('n2>n1'))
    bench.begin('n1', BOTH, 1)
    bench.deliver()
    settle(bench, 'n2')
    bench.tick('n1', ASK_TICKS)
    bench.deliver()
    settle(bench, 'n2')
    expect(bench.answers).toEqual([{ type: 'done', results: [null, null] }])
    expect(bench.core('n1').log?.table.decided.get('n1.2.1')).toMatchObject({
      outcome: 'abort',
      why: 'repeated',
    })
  })

  it('after a condition did not hold gets the same answer, whatever holds now', () => {
    const bench = three()
    const swap = [{ f: 'swap', key: 'k/2', expected: 9, value: 1 }] as const
    for (const value of [1, 9]) {
      bench.begin('n1', swap, 1)
      bench.deliver()
      settle(bench, 'n2')
      bench.begin('n1', [write('n3', 9)], value + 1, 6)
      bench.deliver()
      settle(bench, 'n2')
    }
    expect(bench.answers.map(({ type }) => type)).toEqual(['condition', 'done', 'condition', 'done'])
  })
})

describe('the table of decisions', () => {
  const table = (saved: string | null = null, members = ['n1', 'n2']): DecisionTable =>
    new DecisionTable({ members, keptSlots: 2, deviations: healthyCore }, saved)
  const proposal = (change: Partial<Proposal>): Proposal => ({
    tx: TX,
    outcome: 'commit',
    why: null,
    request: null,
    since: 0,
    from: 'n1',
    appliedTo: 0,
    ...change,
  })

  it('keeps the first decision', () => {
    const own = table()
    own.apply(1, proposal({ outcome: 'abort', why: 'timeout' }))
    expect(own.apply(2, proposal({}))).toMatchObject({ outcome: 'abort', why: 'timeout' })
  })

  it('forgets what all nodes have applied, and then commits nothing that may have been aborted before', () => {
    const own = table()
    own.apply(1, proposal({ outcome: 'abort', why: 'timeout' }))
    own.apply(8, proposal({ tx: 'n2.1.1', from: 'n2', appliedTo: 7 }))
    expect(own.decided.has(TX)).toBe(true)
    own.apply(9, proposal({ tx: 'n1.1.2', from: 'n1', appliedTo: 8 }))
    expect(own.decided.has(TX)).toBe(false)
    expect(own.apply(10, proposal({}))).toMatchObject({ outcome: 'abort' })
    expect(own.apply(11, proposal({ tx: 'n1.1.3', since: 9 }))).toMatchObject({ outcome: 'commit' })
  })

  it('is the same after it was saved', () => {
    const own = table()
    const request = { session: 3, seq: 1, results: [null] }
    own.apply(1, proposal({ request }))
    const again = table(own.save())
    expect(again.save()).toBe(own.save())
    expect(again.apply(2, proposal({ tx: 'n1.2.1', request }))).toEqual({ outcome: 'abort', why: 'repeated' })
  })
})
