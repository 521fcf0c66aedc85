/** Golden transcripts of the core, named after the sections of the paper and the thesis. */
import { describe, expect, it } from 'vitest'
import type { NodeId } from '../../protocol/commands.ts'
import { deviationsOf } from '../bugs/bugs.ts'
import { type CoreDeviations, healthyCore } from './deviations.ts'
import { initialState, RaftCore } from './raft.ts'
import type { Command, Entry, Envelope, Message, Restored } from './types.ts'

const ELECTION_TICKS = 10
const HEARTBEAT_TICKS = 2

const boot = (
  id: NodeId,
  members: readonly NodeId[],
  restored: Restored,
  deviations: CoreDeviations,
): RaftCore =>
  new RaftCore(
    {
      id,
      members,
      electionTicks: ELECTION_TICKS,
      heartbeatTicks: HEARTBEAT_TICKS,
      maxEntriesPerAppend: 8,
      random: () => 0,
    },
    restored,
    deviations,
  )

const describeMessage = (message: Message): string => {
  switch (message.type) {
    case 'vote':
    case 'preVote':
      return `${message.type} term ${message.term}, log ends ${message.lastIndex}/${message.lastTerm}`
    case 'voteReply':
    case 'preVoteReply':
      return `${message.type} term ${message.term} ${message.granted ? 'granted' : 'refused'}`
    case 'append':
      return `append term ${message.term} after ${message.prevIndex}/${message.prevTerm} [${message.entries.map(({ index, term }) => `${index}/${term}`)}] commit ${message.commit}`
    case 'appendReply':
      return `appendReply term ${message.term} ${message.success ? 'match' : 'reject'} ${message.index}`
    case 'snapshot':
      return `snapshot term ${message.term} at ${message.snapshot.index}/${message.snapshot.term}`
  }
}

/** A few cores, and connections that a test can cut; the transcript lists what was sent, in order. */
class Bench {
  readonly cores = new Map<NodeId, RaftCore>()
  readonly transcript: string[] = []
  readonly applied = new Map<NodeId, Entry[]>()
  readonly reads = new Map<NodeId, number[]>()
  readonly cut = new Set<NodeId>()
  #queue: Envelope[] = []

  constructor(logs: Readonly<Record<NodeId, Restored>>, deviations = healthyCore) {
    const members = Object.keys(logs)
    for (const [id, restored] of Object.entries(logs))
      this.cores.set(id, boot(id, members, restored, deviations))
  }

  core(id: NodeId): RaftCore {
    return this.cores.get(id) as RaftCore
  }

  tick(id: NodeId, count: number): void {
    for (let i = 0; i < count; i++) {
      this.core(id).tick()
      this.drain(id)
    }
  }

  drain(id: NodeId): void {
    const core = this.core(id)
    for (let ready = core.ready(); ready !== null; ready = core.ready()) {
      this.#queue.push(...ready.messages)
      this.applied.set(id, [...(this.applied.get(id) ?? []), ...ready.committed])
      this.reads.set(id, [...(this.reads.get(id) ?? []), ...ready.reads.map(({ index }) => index)])
      core.advance(ready)
    }
  }

  /** Delivers messages until none is left. */
  deliver(): void {
    for (let envelope = this.#queue.shift(); envelope !== undefined; envelope = this.#queue.shift()) {
      const { from, to, message } = envelope
      const lost = this.cut.has(from) || this.cut.has(to)
      this.transcript.push(`${from}>${to} ${describeMessage(message)}${lost ? ' LOST' : ''}`)
      if (lost) continue
      this.core(to).step(from, message)
      this.drain(to)
    }
  }

  elect(id: NodeId): void {
    // Followers forget their leader only after an election timeout of their own.
    for (const other of this.cores.keys())
      if (other !== id && !this.cut.has(other)) this.tick(other, ELECTION_TICKS - 1)
    this.tick(id, ELECTION_TICKS)
    this.deliver()
  }

  propose(id: NodeId, value: number): void {
    const command: Command = {
      kind: 'op',
      session: 1,
      seq: value,
      vocabulary: 'register',
      call: { f: 'write', value: { key: 1, value } },
    }
    this.core(id).propose(command)
    this.drain(id)
  }
}

const log = (term: number, terms: readonly number[]): Restored => ({
  hardState: { term, votedFor: null },
  snapshot: null,
  entries: terms.map((entryTerm, i) => ({ index: i + 1, term: entryTerm, command: { kind: 'noop' } })),
})

const three = (): Bench => new Bench({ n1: initialState, n2: initialState, n3: initialState })

describe('5.2 leader election', () => {
  it('transcript: pre-vote, vote, and the first entry of the term', () => {
    const bench = three()
    bench.tick('n1', ELECTION_TICKS)
    bench.deliver()
    expect(bench.transcript).toEqual([
      'n1>n2 preVote term 1, log ends 0/0',
      'n1>n3 preVote term 1, log ends 0/0',
      'n2>n1 preVoteReply term 1 granted',
      'n3>n1 preVoteReply term 1 granted',
      'n1>n2 vote term 1, log ends 0/0',
      'n1>n3 vote term 1, log ends 0/0',
      'n2>n1 voteReply term 1 granted',
      'n3>n1 voteReply term 1 granted',
      'n1>n2 append term 1 after 0/0 [1/1] commit 0',
      'n1>n3 append term 1 after 0/0 [1/1] commit 0',
      'n2>n1 appendReply term 1 match 1',
      'n3>n1 appendReply term 1 match 1',
    ])
    expect(bench.core('n1')).toMatchObject({ role: 'leader', commit: 1 })
  })

  it('followers learn what is committed from the next heartbeat', () => {
    const bench = three()
    bench.tick('n1', ELECTION_TICKS)
    bench.deliver()
    expect(bench.core('n2').commit).toBe(0)
    bench.tick('n1', HEARTBEAT_TICKS)
    bench.deliver()
    expect(bench.core('n2').commit).toBe(1)
  })

  it('a single node leads by itself', () => {
    const bench = new Bench({ n1: initialState })
    bench.tick('n1', ELECTION_TICKS)
    expect(bench.core('n1')).toMatchObject({ role: 'leader', commit: 1 })
  })

  it('votes once a term', () => {
    const bench = three()
    const ask = (from: NodeId): void =>
      bench.core('n2').step(from, { type: 'vote', term: 4, lastIndex: 0, lastTerm: 0 })
    ask('n1')
    ask('n3')
    bench.drain('n2')
    bench.deliver()
    expect(bench.transcript).toEqual(['n2>n1 voteReply term 4 granted', 'n2>n3 voteReply term 4 refused'])
  })

  it('does not count a vote that was given in another term', () => {
    const bench = three()
    bench.cut.add('n2').add('n3')
    bench.tick('n1', ELECTION_TICKS)
    for (const from of ['n2', 'n3'])
      bench.core('n1').step(from, { type: 'preVoteReply', term: 1, granted: true })
    bench.drain('n1')
    expect(bench.core('n1')).toMatchObject({ role: 'candidate', term: 1 })
    bench.core('n1').step('n2', { type: 'voteReply', term: 0, granted: true })
    expect(bench.core('n1').role).toBe('candidate')
  })
})

describe('5.3 log replication', () => {
  it("a follower's conflicting entries give way to the leader's", () => {
    const bench = new Bench({ n1: log(3, [1, 1, 3]), n2: log(2, [1, 1, 2, 2]), n3: log(3, [1, 1, 3]) })
    bench.elect('n1')
    expect(bench.core('n2').entryAt(3)?.term).toBe(3)
    expect(bench.core('n2').lastIndex).toBe(4)
    expect(bench.transcript.filter((line) => line.startsWith('n2>n1 appendReply')).slice(0, 2)).toEqual([
      'n2>n1 appendReply term 4 reject 2',
      'n2>n1 appendReply term 4 match 4',
    ])
  })

  it('batches what was proposed together', () => {
    const bench = three()
    bench.elect('n1')
    bench.transcript.length = 0
    const command: Command = { kind: 'session' }
    bench.core('n1').propose(command)
    bench.core('n1').propose(command)
    bench.drain('n1')
    bench.deliver()
    expect(bench.transcript[0]).toBe('n1>n2 append term 1 after 1/1 [2/1,3/1] commit 1')
    expect(bench.core('n1').commit).toBe(3)
  })
})

describe('5.4.1 election restriction', () => {
  it('a candidate whose log is behind gets no vote', () => {
    const bench = new Bench({ n1: log(1, [1]), n2: log(2, [1, 2]), n3: log(2, [1, 2]) })
    bench.elect('n1')
    expect(bench.core('n1').role).not.toBe('leader')
    bench.tick('n2', ELECTION_TICKS)
    bench.deliver()
    expect(bench.core('n2').role).toBe('leader')
  })
})

describe('5.4.2 committing entries from previous terms (figure 8)', () => {
  it('an inherited entry is committed only with one of the own term', () => {
    const bench = new Bench({ n1: log(2, [1, 2]), n2: log(2, [1, 2]), n3: log(1, [1]) })
    bench.cut.add('n2')
    bench.tick('n3', ELECTION_TICKS - 1)
    bench.tick('n1', ELECTION_TICKS)
    bench.deliver()
    const leader = bench.core('n1')
    expect(leader).toMatchObject({ role: 'leader', term: 3, commit: 3 })
    const commits = bench.transcript
      .filter((line) => line.startsWith('n1>n3 append'))
      .map((line) => line.replace(/.*\] /, ''))
    expect(commits).not.toContain('commit 2')
  })
})

describe('7 log compaction', () => {
  it('a follower that is too far behind is sent the snapshot', () => {
    const bench = three()
    bench.cut.add('n3')
    bench.elect('n1')
    for (let value = 1; value <= 4; value++) {
      bench.propose('n1', value)
      bench.deliver()
    }
    const leader = bench.core('n1')
    leader.compact({ ...leader.compactionPoint(), data: 'state' })
    expect(leader.snapshotIndex).toBe(5)
    bench.cut.clear()
    bench.tick('n1', 4)
    bench.deliver()
    expect(bench.transcript).toContain('n1>n3 snapshot term 1 at 5/1')
    expect(bench.core('n3')).toMatchObject({ snapshotIndex: 5, commit: 5 })
  })
})

describe('thesis 6.4 ReadIndex', () => {
  it('answers only after a round that began after the read arrived', () => {
    const bench = three()
    bench.elect('n1')
    bench.core('n1').read(1)
    bench.drain('n1')
    expect(bench.reads.get('n1')).toEqual([])
    bench.deliver()
    expect(bench.reads.get('n1')).toEqual([1])
  })

  it('a leader cut off answers no read, and steps down', () => {
    const bench = three()
    bench.elect('n1')
    bench.cut.add('n1')
    bench.core('n1').read(1)
    bench.tick('n1', 2 * ELECTION_TICKS)
    bench.deliver()
    expect(bench.reads.get('n1')).toEqual([])
    expect(bench.core('n1').role).not.toBe('leader')
  })

  it.each<Message>([
    { type: 'append', term: 1, prevIndex: 1, prevTerm: 1, entries: [], commit: 1, round: 9 },
    {
      type: 'snapshot',
      term: 1,
      snapshot: { index: 1, term: 1, members: ['n1', 'n2', 'n3'], data: '' },
      round: 9,
    },
  ])('a late $type of an earlier leadership proves nothing of the present one', (late) => {
    const bench = three()
    bench.elect('n1')
    // An election that nobody won: all are in its term.
    for (const core of bench.cores.values()) core.step('n2', { type: 'voteReply', term: 2, granted: false })
    bench.elect('n1')
    const { role, term } = bench.core('n1')
    expect({ role, term }).toEqual({ role: 'leader', term: 3 })
    bench.core('n2').step('n1', late)
    bench.drain('n2')
    bench.deliver()
    bench.cut.add('n1')
    bench.core('n1').read(1)
    bench.drain('n1')
    bench.deliver()
    expect(bench.reads.get('n1')).toEqual([])
  })

  it('with the planted bug it answers', () => {
    const bench = new Bench(
      { n1: initialState, n2: initialState, n3: initialState },
      deviationsOf('read-without-quorum').core,
    )
    bench.elect('n1')
    bench.cut.add('n1')
    bench.core('n1').read(1)
    bench.drain('n1')
    expect(bench.reads.get('n1')).toEqual([1])
  })
})

describe('thesis 9.6 pre-vote and check-quorum', () => {
  it('a node that was cut off does not disturb the term when it returns', () => {
    const bench = three()
    bench.elect('n1')
    bench.cut.add('n3')
    bench.tick('n3', 5 * ELECTION_TICKS)
    bench.deliver()
    expect(bench.core('n3').term).toBe(1)
    bench.cut.clear()
    bench.tick('n1', 2)
    bench.deliver()
    bench.tick('n3', 1)
    bench.deliver()
    expect(bench.core('n1')).toMatchObject({ role: 'leader', term: 1 })
  })
})

describe('thesis 4 membership', () => {
  it("one change at a time, and only after an entry of the leader's own term is committed", () => {
    const bench = three()
    bench.cut.add('n2').add('n3')
    bench.tick('n1', ELECTION_TICKS)
    for (const from of ['n2', 'n3'])
      bench.core('n1').step(from, { type: 'preVoteReply', term: 1, granted: true })
    bench.drain('n1')
    for (const from of ['n2', 'n3'])
      bench.core('n1').step(from, { type: 'voteReply', term: 1, granted: true })
    bench.drain('n1')
    bench.deliver()
    const leader = bench.core('n1')
    expect(leader.role).toBe('leader')
    expect(leader.changeMembers(['n1', 'n2'])).toEqual({
      refused: 'the leader has not yet committed an entry of its term',
    })
    bench.cut.clear()
    bench.tick('n1', 2)
    bench.deliver()
    expect(leader.changeMembers(['n1'])).toEqual({ refused: 'members change one at a time' })
    expect(leader.changeMembers(['n1', 'n2'])).toMatchObject({ index: 2 })
    expect(leader.changeMembers(['n1', 'n2', 'n4'])).toEqual({
      refused: 'another membership change is under way',
    })
    bench.drain('n1')
    bench.deliver()
    expect(leader).toMatchObject({ commit: 2, members: ['n1', 'n2'] })
  })

  it('a leader that removed itself steps down once that is committed', () => {
    const bench = three()
    bench.elect('n1')
    bench.core('n1').changeMembers(['n2', 'n3'])
    bench.drain('n1')
    bench.deliver()
    expect(bench.core('n1').role).toBe('follower')
    expect(bench.core('n2').members).toEqual(['n2', 'n3'])
  })
})
