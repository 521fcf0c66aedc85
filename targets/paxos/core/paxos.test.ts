/** Golden transcripts of the core, named after the sections of the papers. */
import { describe, expect, it } from 'vitest'
import type { Bug } from '../bugs/bugs.ts'
import {
  accepted,
  Bench,
  disk,
  ELECTION_TICKS,
  HEARTBEAT_TICKS,
  op,
  type Quorums,
  three,
} from '../testing/bench.ts'
import { emptyDisk } from './paxos.ts'

describe('2.2 choosing a value, and 3: phase 1 once for all slots', () => {
  it('transcript: one phase 1, then one phase 2 for each value', () => {
    const bench = three()
    expect(bench.elect('n1')).toEqual([
      'n1>n2 prepare 1',
      'n1>n3 prepare 1',
      'n2>n1 promise 1 chosen to 0 []',
      'n3>n1 promise 1 chosen to 0 []',
    ])
    bench.propose('n1', 7)
    expect(bench.deliver()).toEqual([
      'n1>n2 accept 1 [1=7@1] chosen to 0',
      'n1>n3 accept 1 [1=7@1] chosen to 0',
      'n2>n1 accepted 1 [1]',
      'n3>n1 accepted 1 [1]',
    ])
    bench.propose('n1', 8)
    expect(bench.deliver()).toEqual([
      'n1>n2 accept 1 [2=8@1] chosen to 1',
      'n1>n3 accept 1 [2=8@1] chosen to 1',
      'n2>n1 accepted 1 [2]',
      'n3>n1 accepted 1 [2]',
    ])
    expect(bench.learned.get('n1')).toEqual(['1=7@1', '2=8@1'])
    expect(bench.learned.get('n2')).toEqual(['1=7@1'])
  })

  it('an acceptor refuses what is below its promise, in both phases', () => {
    const bench = three({ n2: disk(9) })
    expect(bench.send('n1', 'n2', { type: 'prepare', ballot: 4 })).toContain('n2>n1 refuse 4, promised 9')
    const accept = { type: 'accept', entries: [accepted(4, 1, 1).entry], chosenTo: 0, round: 0 } as const
    expect(bench.send('n1', 'n2', { ...accept, ballot: 4 })).toContain('n2>n1 refuse 4, promised 9')
    expect(bench.core('n2').durable.accepted).toEqual([])
  })

  /** Of n1 and n3, each with a value in slot 1; n3's is of the higher ballot, and it has one in slot 2. */
  const afterPhase1 = (bug?: Bug): Bench => {
    const told = [accepted(3, 1, 6), accepted(3, 2, 8)]
    const bench = three(
      { n1: disk(2, accepted(2, 1, 5)), n3: disk(3, ...told) },
      bug === undefined ? {} : { bug },
    )
    bench.cut.add('n2')
    bench.elect('n1')
    bench.propose('n1', 9)
    bench.deliver()
    return bench
  }

  it('P2c: of the values that a quorum has accepted, the one of the highest ballot is proposed again', () => {
    const bench = afterPhase1()
    expect(bench.core('n1').durable.accepted).toEqual([
      accepted(4, 1, 6, 3),
      accepted(4, 2, 8, 3),
      accepted(4, 3, 9),
    ])
    expect(bench.learned.get('n1')).toEqual(['1=6@3', '2=8@3', '3=9@4'])
  })

  it.each([
    ['accepted-ignored', ['1=9@4']],
    ['lower-ballot-taken', ['1=5@2', '2=8@3', '3=9@4']],
    ['gap-over-chosen', ['1=6@3', '2=noop@4', '3=9@4']],
  ] as const)('bug %s: it is not', (bug, learned) => {
    expect(afterPhase1(bug).learned.get('n1')).toEqual(learned)
  })
})

describe('2.3 learning a chosen value', () => {
  it('a node that missed values asks for them, and learns them from whoever knows', () => {
    const bench = three()
    bench.elect('n1')
    bench.cut.add('n3')
    for (const value of [7, 8]) bench.propose('n1', value)
    bench.deliver()
    bench.cut.clear()
    bench.tick('n1', HEARTBEAT_TICKS)
    const said = bench.deliver()
    expect(said).toContain('n3>n1 ask from 1')
    expect(said).toContain('n1>n3 learn [1=7@1,2=8@1] chosen to 2')
    expect(bench.learned.get('n3')).toEqual(['1=7@1', '2=8@1'])
  })

  it('what it has accepted in an earlier ballot need not be what was chosen: it asks', () => {
    const bench = three({ n3: disk(1, accepted(1, 1, 5)) })
    bench.cut.add('n3')
    bench.elect('n2')
    bench.propose('n2', 6)
    bench.deliver()
    bench.cut.clear()
    bench.tick('n2', HEARTBEAT_TICKS)
    bench.deliver()
    expect(bench.learned.get('n3')).toEqual(['1=6@2'])
  })

  it('whoever no longer has the values sends its snapshot', () => {
    const bench = three()
    bench.elect('n1')
    bench.cut.add('n3')
    for (const value of [7, 8]) bench.propose('n1', value)
    bench.deliver()
    bench.core('n1').compact({ index: 2, data: 'all' })
    bench.cut.clear()
    bench.tick('n1', HEARTBEAT_TICKS)
    expect(bench.deliver()).toContain('n1>n3 snapshot to 2')
    expect(bench.core('n3').durable.snapshot).toEqual({ index: 2, data: 'all' })
    expect(bench.core('n3').applied).toBe(2)
  })
})

describe('2.4 progress', () => {
  it('while a leader is heard, the requests of another proposer are ignored', () => {
    const bench = three()
    bench.elect('n1')
    bench.tick('n1', HEARTBEAT_TICKS)
    bench.deliver()
    expect(bench.send('n3', 'n2', { type: 'prepare', ballot: 6 })).toEqual(['n3>n2 prepare 6'])
    expect(bench.core('n2').promised).toBe(1)
  })

  it('a refused leader waits, and tries again above what refused it', () => {
    const bench = three({ n3: disk(6) })
    bench.cut.add('n3')
    bench.elect('n1')
    bench.cut.clear()
    bench.propose('n1', 7)
    expect(bench.deliver()).toContain('n3>n1 refuse 1, promised 6')
    expect(bench.core('n1').role).toBe('follower')
    bench.tick('n1', ELECTION_TICKS)
    expect(bench.deliver()).toContain('n1>n2 prepare 7')
    expect(bench.core('n1').role).toBe('leader')
    // Its value was accepted in the first ballot, and is chosen in the second.
    expect(bench.learned.get('n1')).toEqual(['1=7@1'])
  })

  it('a leader that no quorum answers stops leading', () => {
    const bench = three()
    bench.elect('n1')
    for (const id of ['n2', 'n3']) bench.cut.add(id)
    bench.tick('n1', 2 * ELECTION_TICKS)
    expect(bench.core('n1').role).not.toBe('leader')
    expect(bench.core('n1').propose(op(1))).toBeNull()
  })
})

describe('2.5 the implementation: stable storage', () => {
  it('a proposer promises its ballot to itself on the disk before it asks anybody', () => {
    const bench = three()
    bench.tick('n1', ELECTION_TICKS)
    expect(bench.persisted).toEqual(['n1 promised 1'])
    expect(bench.transcript).toEqual([])
  })

  it('no ballot is used twice, also after a restart', () => {
    const bench = three({ n1: disk(4) })
    expect(bench.elect('n1')).toContain('n1>n2 prepare 7')
  })

  it('bug ballot-reused: it is', () => {
    const bench = three({ n1: disk(4, accepted(4, 1, 5)) }, { bug: 'ballot-reused' })
    expect(bench.elect('n1')).toContain('n1>n2 prepare 4')
    bench.propose('n1', 6)
    expect(bench.deliver()).toContain('n1>n2 accept 4 [1=6@4] chosen to 0')
  })

  it('what it accepts is on the disk before it says so', () => {
    const bench = three()
    bench.elect('n1')
    bench.propose('n1', 7)
    bench.deliver()
    expect(bench.persisted).toEqual([
      'n1 promised 1',
      'n2 promised 1',
      'n3 promised 1',
      'n1 accepted 1=7@1 in 1',
      'n2 accepted 1=7@1 in 1',
      'n3 accepted 1=7@1 in 1',
    ])
  })

  it('bug promise-not-durable: the promise is not', () => {
    const bench = three({}, { bug: 'promise-not-durable' })
    bench.elect('n1')
    expect(bench.persisted).toEqual([])
    expect(bench.core('n2').durable.promised).toBe(0)
  })
})

describe('3: gaps', () => {
  it('a slot of which nobody tells, below one of which somebody does, gets a no-op', () => {
    const bench = three({ n1: disk(2), n2: disk(2, accepted(2, 2, 8)) })
    bench.elect('n1')
    expect(bench.learned.get('n1')).toEqual(['1=noop@4', '2=8@2'])
  })
})

describe('reads', () => {
  it('are answered once a phase-2 quorum has confirmed the ballot', () => {
    const bench = three()
    bench.elect('n1')
    bench.propose('n1', 7)
    bench.deliver()
    bench.read('n1')
    expect(bench.reads.get('n1')).toEqual([])
    bench.deliver()
    expect(bench.reads.get('n1')).toEqual([1])
    expect(bench.read('n2')).toBe(false)
  })

  it('are lost with the ballot: a leader that was replaced answers none', () => {
    const bench = three()
    bench.elect('n1')
    bench.cut.add('n1')
    bench.elect('n2')
    bench.read('n1')
    bench.deliver()
    expect(bench.reads.get('n1')).toEqual([])
    bench.cut.clear()
    bench.tick('n2', HEARTBEAT_TICKS)
    bench.deliver()
    expect(bench.reads.get('n1')).toEqual([])
    expect(bench.lostReads.get('n1')).toBe(1)
  })

  it('bug read-from-deposed: it does', () => {
    const bench = three({}, { bug: 'read-from-deposed' })
    bench.elect('n1')
    bench.cut.add('n1')
    bench.elect('n2')
    bench.read('n1')
    expect(bench.reads.get('n1')).toEqual([0])
  })

  it.each([
    [null, []],
    ['read-before-recovery', [0]],
  ] as const)('wait until what phase 1 told is chosen (bug: %s)', (bug, answered) => {
    const bench = three({}, bug === null ? {} : { bug })
    bench.tick('n1', ELECTION_TICKS)
    const core = bench.core('n1')
    core.step('n2', { type: 'promise', ballot: 1, chosenTo: 0, accepted: [accepted(0, 1, 8)] })
    expect(core.role).toBe('leader')
    bench.read('n1')
    core.step('n2', { type: 'accepted', ballot: 1, slots: [], round: 1 })
    bench.drain('n1')
    expect(bench.reads.get('n1')).toEqual(answered)
  })
})

describe('flexible quorums (Howard, Malkhi and Spiegelman 2016)', () => {
  const five = (quorums: Quorums): Bench =>
    new Bench(Object.fromEntries(['n1', 'n2', 'n3', 'n4', 'n5'].map((id) => [id, emptyDisk])), quorums)

  it('with phase-1 quorums of 4, two acceptors choose', () => {
    const bench = five({ phase1: 4, phase2: 2 })
    bench.elect('n1')
    for (const id of ['n3', 'n4', 'n5']) bench.cut.add(id)
    bench.propose('n1', 7)
    bench.deliver()
    expect(bench.learned.get('n1')).toEqual(['1=7@1'])
    const members = ['n1', 'n2', 'n3', 'n4', 'n5']
    expect(bench.core('n1').decisions).toEqual([{ slot: 1, term: 1, acceptedBy: ['n1', 'n2'], members }])
  })

  it('and three that promise make no leader', () => {
    const bench = five({ phase1: 4, phase2: 2 })
    for (const id of ['n4', 'n5']) bench.cut.add(id)
    bench.elect('n1')
    expect(bench.core('n1').role).toBe('candidate')
  })
})
