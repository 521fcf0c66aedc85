/** Transcripts of the core. Numbers of sections: Gray and Lampson 2006 (GL), Bernstein, Hadzilacos and Goodman 1987 (BHG). */
import { describe, expect, it } from 'vitest'
import { ASK_TICKS, type Bench, BOTH, read, TX, three, VOTE_TICKS, write } from '../testing/bench.ts'

/** n1 coordinates; n2 and n3 have voted yes, and the words of n1 are lost. */
const blocked = (bug: Parameters<typeof three>[0] = null): Bench => {
  const bench = three(bug)
  bench.begin('n1', BOTH, 1)
  bench.deliver((words) => words.includes('commit'))
  return bench
}

describe('two-phase commit (GL 3.1)', () => {
  it('votes and decisions are on the disk before they are told', () => {
    const bench = three()
    bench.begin('n1', BOTH, 1)
    expect(bench.deliver()).toEqual([
      `n1>n2 prepare ${TX}`,
      `n2 writes prepared ${TX}`,
      `n1>n3 prepare ${TX}`,
      `n3 writes prepared ${TX}`,
      `n2>n1 yes ${TX}`,
      `n3>n1 yes ${TX}`,
      `n1 writes committed ${TX}`,
      'n1 answers done',
      `n1>n2 commit ${TX}`,
      `n2 writes commit ${TX}`,
      `n1>n3 commit ${TX}`,
      `n3 writes commit ${TX}`,
      `n2>n1 ack ${TX}`,
      `n3>n1 ack ${TX}`,
      `n1 writes ended ${TX} unsynced`,
    ])
    expect([bench.value('n2'), bench.value('n3')]).toEqual([20, 30])
  })

  it('one vote for no aborts, and the coordinator writes no decision (presumed abort), only its answer', () => {
    const bench = three()
    bench.begin('n1', [write('n2', 1), { f: 'swap', key: 'k/2', expected: 9, value: 1 }], 1)
    expect(bench.deliver()).toEqual([
      `n1>n2 prepare ${TX}`,
      `n2 writes prepared ${TX}`,
      `n1>n3 prepare ${TX}`,
      `n3 writes abort ${TX}`,
      `n2>n1 yes ${TX}`,
      `n3>n1 no ${TX} condition`,
      'n1 writes refused 1',
      'n1 answers condition',
      `n1>n2 abort ${TX} condition`,
      `n2 writes abort ${TX} unsynced`,
      `n1>n3 abort ${TX} condition`,
    ])
    expect(bench.value('n2')).toBeNull()
  })

  it('a vote that does not come in time counts as no', () => {
    const bench = three()
    bench.cut.add('n3')
    bench.begin('n1', BOTH, 1)
    bench.deliver()
    bench.tick('n1', VOTE_TICKS)
    expect(bench.deliver()).toContain(`n1>n2 abort ${TX} timeout`)
    expect(bench.answers).toEqual([{ type: 'aborted' }])
    expect(bench.inDoubt('n2')).toEqual([])
  })

  it('a coordinator with a part of its own asks itself, after it has written', () => {
    const bench = three()
    bench.begin('n1', [write('n1', 10), write('n2', 20)], 1)
    bench.deliver()
    expect([bench.value('n1'), bench.value('n2')]).toEqual([10, 20])
  })

  it('a read of one node needs no votes', () => {
    const bench = three()
    bench.begin('n1', [write('n2', 20)], 1)
    bench.deliver()
    bench.begin('n1', [read('n2')])
    expect(bench.deliver()).toEqual(['n1>n2 read n1.1.2', 'n2>n1 yes n1.1.2', 'n1 answers done'])
    expect(bench.answers.at(-1)).toEqual({ type: 'done', results: [20] })
  })
})

describe('recovery (BHG 7.4)', () => {
  it('a coordinator that starts again repeats the commits that were not acknowledged', () => {
    const bench = blocked()
    bench.start('n1')
    bench.transcript.length = 0
    bench.tick('n1', ASK_TICKS)
    expect(bench.deliver().slice(0, 2)).toEqual([`n1>n2 commit ${TX}`, `n2 writes commit ${TX}`])
    expect(bench.value('n3')).toBe(30)
    expect(bench.durable('n1').committed).toEqual([])
  })

  it('one that had not decided knows nothing, which means abort', () => {
    const bench = three()
    bench.begin('n1', BOTH, 1)
    bench.deliver((words) => words.includes('yes'))
    bench.start('n1')
    bench.tick('n2', ASK_TICKS)
    expect(bench.deliver()).toContain(`n1>n2 abort ${TX} unknown`)
    bench.begin('n1', BOTH, 1)
    expect(bench.deliver()[0]).toBe('n1>n2 prepare n1.2.1')
  })

  it('a participant that starts again is still in doubt, and holds its locks', () => {
    const bench = blocked()
    bench.start('n2')
    expect(bench.inDoubt('n2')).toEqual([TX])
    bench.begin('n3', [read('n2')])
    expect(bench.deliver()).toContain('n2>n3 no n3.1.1 locked')
  })

  it('a prepare that comes again after a no, and after a start, gets the same vote', () => {
    const bench = three()
    bench.begin('n1', [write('n2', 1), { f: 'swap', key: 'k/2', expected: 9, value: 1 }], 1)
    bench.deliver()
    bench.start('n3')
    const again = {
      type: 'prepare',
      tx: TX,
      participants: ['n2', 'n3'],
      steps: [write('n3', 1)],
      floor: 0,
      isLoneRead: false,
    } as const
    expect(bench.send('n1', 'n3', again)).toContain(`n3>n1 no ${TX} not-voted`)
  })
})

describe('cooperative termination (BHG 7.4)', () => {
  it('who knows the decision tells it', () => {
    const bench = three()
    bench.begin('n1', BOTH, 1)
    bench.deliver((words) => words === `n1>n3 commit ${TX}`)
    bench.cut.add('n1')
    bench.tick('n3', ASK_TICKS)
    expect(bench.deliver()).toContain(`n2>n3 commit ${TX}`)
    expect(bench.value('n3')).toBe(30)
  })

  it('who has not voted promises not to, on the disk, and all may abort', () => {
    const bench = three()
    bench.begin('n1', BOTH, 1)
    bench.deliver((words) => words === `n1>n3 prepare ${TX}`)
    bench.cut.add('n1')
    bench.tick('n2', ASK_TICKS)
    expect(bench.deliver()).toEqual([
      `n2>n1 ask ${TX} LOST`,
      `n2>n3 ask ${TX}`,
      `n3 writes abort ${TX}`,
      `n3>n2 abort ${TX} not-voted`,
      `n2 writes abort ${TX} unsynced`,
    ])
  })

  it('if all are in doubt they wait for the coordinator: two-phase commit blocks (GL 3.2)', () => {
    const bench = blocked()
    bench.cut.add('n1')
    for (const id of ['n2', 'n3']) bench.tick(id, 1000)
    bench.deliver()
    expect([bench.inDoubt('n2'), bench.inDoubt('n3')]).toEqual([[TX], [TX]])
    bench.cut.delete('n1')
    bench.tick('n2', ASK_TICKS)
    bench.deliver()
    expect(bench.inDoubt('n2')).toEqual([])
  })

  it('a participant that decides alone breaks it', () => {
    const bench = blocked('decides-alone')
    bench.cut.add('n1')
    bench.tick('n2', 1000)
    expect(bench.deliver()).toContain(`n2 writes abort ${TX} unsynced`)
    expect(bench.durable('n1').committed.map(({ tx }) => tx)).toEqual([TX])
  })
})

describe('locks (BHG 3)', () => {
  it('a key that is written by one in doubt is neither read nor written; another try comes later', () => {
    const bench = blocked()
    bench.begin('n3', [write('n2', 99)], 1, 5)
    expect(bench.deliver()).toContain('n2>n3 no n3.1.1 locked')
    bench.tick('n1', ASK_TICKS)
    bench.deliver()
    bench.tick('n3', 1)
    bench.deliver()
    expect(bench.value('n2')).toBe(99)
  })

  it('two readers do not disturb each other, and a writer waits for both', () => {
    const bench = three()
    const pair = [read('n2'), read('n3')]
    bench.begin('n1', pair)
    bench.deliver((words) => words.includes('commit'))
    bench.begin('n3', pair)
    expect(bench.deliver()).toContain('n3 answers done')
    bench.begin('n3', [write('n2', 1)], 1, 5)
    expect(bench.deliver()).toContain('n2>n3 no n3.1.2 locked')
  })
})

describe('requests that are repeated', () => {
  it('are answered again without a new transaction, also after a start', () => {
    const bench = three()
    bench.begin('n1', BOTH, 1)
    bench.begin('n1', BOTH, 1)
    bench.deliver()
    bench.start('n1')
    bench.transcript.length = 0
    bench.begin('n1', BOTH, 1)
    expect(bench.deliver()).toEqual(['n1 answers done'])
    expect(bench.answers).toHaveLength(3)
  })

  it('after a condition did not hold, get the same answer, whatever holds now, also after a start', () => {
    const bench = three()
    const swap = [{ f: 'swap', key: 'k/2', expected: 9, value: 1 }] as const
    bench.begin('n1', swap, 1)
    bench.deliver()
    bench.begin('n1', [write('n3', 9)], 1, 6)
    bench.deliver()
    bench.start('n1')
    bench.begin('n1', swap, 1)
    bench.deliver()
    expect(bench.answers.map(({ type }) => type)).toEqual(['condition', 'done', 'condition'])
    expect(bench.value('n3')).toBe(9)
  })

  it('are refused if the session has had a later one', () => {
    const bench = three()
    for (const seq of [1, 2, 1]) {
      bench.begin('n1', [write('n2', seq)], seq)
      bench.deliver()
    }
    expect(bench.answers.at(-1)).toEqual({ type: 'stale' })
    expect(bench.value('n2')).toBe(2)
  })
})

it('what is over for every participant is forgotten, and the word of it is no longer needed', () => {
  const bench = three()
  for (const seq of [1, 2, 3]) {
    bench.begin('n1', BOTH, seq)
    bench.deliver()
  }
  expect(bench.core('n2').durable.outcomes).toEqual([['n1.1.3', 'commit']])
})
