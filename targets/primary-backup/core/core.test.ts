/** Golden transcripts of the core, by the rules that they show. */
import { describe, expect, it } from 'vitest'
import type { Bug } from '../bugs/bugs.ts'
import { Bench, disk, FAILOVER_TICKS } from '../testing/bench.ts'
import { type Choices, emptyDisk, NOTHING, VIEW_SERVICE } from './types.ts'

const elected = (choices: Partial<Choices> = {}, bug: Bug | null = null): Bench => {
  const bench = new Bench(undefined, choices, bug)
  bench.elect('n1')
  bench.tick('n1')
  bench.deliver()
  return bench
}

describe('a view by a majority (VR, 4.2)', () => {
  it('transcript: votes, then the first entry of the view', () => {
    expect(new Bench().elect('n1')).toEqual([
      'n1>n2 propose 1, log to 0@0',
      'n1>n3 propose 1, log to 0@0',
      'n2>n1 vote 1',
      'n3>n1 vote 1',
      'n1>n2 append 1 after 0@0 [1=noop@1] commit 0',
      'n1>n3 append 1 after 0@0 [1=noop@1] commit 0',
      'n2>n1 appended 1 to 1',
      'n3>n1 appended 1 to 1',
    ])
  })

  it('no vote while a primary may have a lease, nor after a restart until it is over for sure', () => {
    const bench = elected()
    bench.cut.add('n1')
    bench.tick('n2', FAILOVER_TICKS - 1)
    expect(bench.deliver()).toEqual([])
    bench.boot('n3', bench.core('n3').durable)
    bench.tick('n2', 1)
    expect(bench.deliver()).toEqual(['n2>n1 propose 2, log to 1@1 LOST', 'n2>n3 propose 2, log to 1@1'])
    expect(bench.core('n3').view).toBe(1)
  })

  it('a vote is no word of a primary: of two that ask, the one with the higher number gets both votes', () => {
    const bench = new Bench()
    bench.now = FAILOVER_TICKS
    for (const id of ['n1', 'n2']) bench.core(id).tick()
    const ask = (from: string, view: number): string[] =>
      bench.send(from, 'n3', { type: 'propose', view, last: NOTHING })
    expect(ask('n1', 1)).toContain('n3>n1 vote 1')
    expect(bench.core('n1').role).toBe('primary')
    expect(ask('n2', 5)).toEqual([])
    const other = new Bench()
    other.now = FAILOVER_TICKS
    for (const view of [1, 2])
      expect(other.send(`n${view}`, 'n3', { type: 'propose', view, last: NOTHING })).toContain(
        `n3>n${view} vote ${view}`,
      )
  })

  it('a node that asks for itself has no vote for a lower number', () => {
    const bench = new Bench()
    bench.cut.add('n2')
    bench.elect('n2')
    expect(bench.send('n1', 'n2', { type: 'propose', view: 1, last: NOTHING })).toEqual([])
    expect(bench.send('n1', 'n2', { type: 'propose', view: 4, last: NOTHING })).toEqual(['n2>n1 vote 4 LOST'])
  })

  const asked = (bug: Bug | null): string[] =>
    new Bench({ n1: disk(2, 1, 1), n2: disk(2, 1, 2), n3: disk(2, 1, 1, 1) }, {}, bug).elect('n1')

  it('no vote for a log that is older: by its last view first, then by its length', () => {
    expect(asked(null)).toEqual(['n1>n2 propose 4, log to 2@1', 'n1>n3 propose 4, log to 2@1'])
    expect(asked('stale-backup-promoted')).toContain('n2>n1 vote 4')
  })

  it('the number of the view is on the disk, and what is below it is refused', () => {
    const bench = elected()
    bench.cut.add('n1')
    bench.elect('n2')
    bench.cut.clear()
    const { durable } = bench.core('n3')
    expect(durable.view).toBe(2)
    bench.boot('n3', durable)
    bench.tick('n1')
    expect(bench.deliver()).toContain('n3>n1 fenced by 2')
    expect(bench.core('n1').role).toBe('backup')
  })
})

describe('an acknowledgement', () => {
  /** What is committed while n3 is silent: at once, and after n3 is given up. */
  const whileSilent = (choices: Partial<Choices>, bug: Bug | null = null) => {
    const bench = elected(choices, bug)
    bench.cut.add('n3')
    bench.propose('n1', 7)
    bench.deliver()
    const atOnce = bench.core('n1').commit
    for (let passed = 0; passed < FAILOVER_TICKS; passed += 2) {
      bench.tick('n1', 2)
      bench.deliver()
    }
    return [atOnce, bench.core('n1').commit]
  }

  it('sync: all backups that answer have it', () => expect(whileSilent({})).toEqual([1, 2]))
  it('semi-sync: one has it', () => expect(whileSilent({ replication: 'semi-sync' })).toEqual([2, 2]))

  const alone = (replication: Choices['replication'], bug: Bug | null = null): number => {
    const bench = elected({ replication }, bug)
    bench.cut.add('n1')
    bench.propose('n1', 7)
    bench.deliver()
    return bench.core('n1').commit
  }

  it('async: none has it', () =>
    expect([alone('sync'), alone('semi-sync'), alone('async')]).toEqual([1, 1, 2]))
  it('bug ack-before-backup: none has it, under sync', () =>
    expect(alone('sync', 'ack-before-backup')).toBe(2))
})

describe('a primary that has lost contact', () => {
  const LEASE = 0.7 * FAILOVER_TICKS
  /** Whether it reads and writes, within its lease, after it, and long after. */
  const cutOff = (choices: Partial<Choices>, bug: Bug | null = null) => {
    const bench = elected(choices, bug)
    bench.cut.add('n1')
    const serves = () => [bench.core('n1').mayRead(), bench.propose('n1', 7)]
    return [LEASE - 1, 1, 4 * FAILOVER_TICKS].map((ticks) => {
      bench.now += ticks
      return serves()
    })
  }
  const inLease = ['yes', true]

  it.each([
    ['refuse', ['no', false]],
    ['read-only', ['yes', false]],
    ['serve-all', ['yes', true]],
    ['serve-stale-and-say-so', ['stale', false]],
  ] as const)('%s', (minority, afterwards) =>
    expect(cutOff({ minority })).toEqual([inLease, afterwards, afterwards]),
  )

  it('without fencing it notices late', () =>
    expect(cutOff({ fencing: false })).toEqual([inLease, inLease, ['no', false]]))
  it('bug lease-ignored: it does not care', () =>
    expect(cutOff({}, 'lease-ignored')).toEqual([inLease, inLease, inLease]))

  it('a lease counts from when the message was sent that was answered, not from its answer', () => {
    const bench = elected()
    const { now } = bench
    bench.now += LEASE
    bench.send('n2', 'n1', { type: 'appended', view: 1, matches: true, index: 1, sentAt: now })
    expect(bench.core('n1').mayRead()).toBe('no')
  })
})

it('a new primary reads only when its first entry is committed', () => {
  const reads = (bug: Bug | null) => {
    const bench = elected({}, bug)
    bench.propose('n1', 7)
    bench.deliver()
    // The answers of n3 are the test's.
    for (const id of ['n1', 'n3']) bench.cut.add(id)
    bench.now += FAILOVER_TICKS
    bench.core('n2').tick()
    bench.send('n3', 'n2', { type: 'vote', view: 2 })
    const position = { index: 3, view: 2 }
    const answer = { type: 'appended', view: 2, sentAt: bench.now } as const
    bench.send('n3', 'n2', { ...answer, matches: false, index: 2 })
    const before = bench.core('n2').mayRead()
    bench.send('n3', 'n2', { ...answer, matches: true, index: position.index })
    bench.tick('n2', FAILOVER_TICKS)
    bench.send('n3', 'n2', { ...answer, matches: true, index: position.index, sentAt: bench.now })
    return [before, bench.core('n2').mayRead()]
  }
  expect(reads(null)).toEqual(['no', 'yes'])
  expect(reads('read-before-promotion')[0]).toBe('yes')
})

describe('an old primary that comes back', () => {
  const DISKS = { n1: disk(1, 1, 1, 1), n2: disk(2, 1, 2), n3: disk(2, 1, 2) }
  const back = (bug: Bug | null) => {
    const bench = new Bench(DISKS, {}, bug)
    bench.elect('n2')
    bench.tick('n2')
    bench.deliver()
    return bench.core('n1').durable.entries.map(({ view }) => view)
  }
  it('gives up its own tail', () => expect(back(null)).toEqual([1, 2, 5]))
  it('bug divergent-tail-kept: it does not', () => expect(back('divergent-tail-kept')).toEqual([1, 1, 1]))
})

describe('late entries of an old primary', () => {
  const late = (choices: Partial<Choices>, bug: Bug | null = null) =>
    new Bench({ n1: disk(1, 1), n2: disk(2, 1, 2), n3: disk(2, 1, 2) }, choices, bug).send('n1', 'n2', {
      type: 'append',
      view: 1,
      previous: { index: 1, view: 1 },
      entries: disk(1, 1, 1).entries.slice(1),
      commit: 1,
      lastIndex: 2,
      sentAt: 0,
    })
  it('are refused with the view as the token', () => expect(late({})).toEqual(['n2>n1 fenced by 2']))
  it('are taken without fencing', () => expect(late({ fencing: false })).toEqual(['n2>n1 appended 1 to 2']))
  it('bug old-primary-accepted: are taken', () =>
    expect(late({}, 'old-primary-accepted')).toEqual(['n2>n1 appended 1 to 2']))
})

describe('state transfer (VR, 5.2)', () => {
  const transfer = (bug: Bug | null = null) => {
    const snapshot = { index: 2, view: 1, data: 'saved' }
    const entries = disk(1, 1, 1, 1).entries.slice(2)
    const bench = new Bench({ n1: { view: 1, snapshot, entries }, n2: emptyDisk, n3: emptyDisk }, {}, bug)
    const said = bench.elect('n1')
    return { said: said.filter((line) => line.includes('n2')), log: bench.core('n2').durable }
  }

  it('transcript: the state, and what was written since', () => {
    const { said, log } = transfer()
    expect(said).toEqual([
      'n1>n2 propose 4, log to 3@1',
      'n2>n1 vote 4',
      'n1>n2 append 4 after 3@1 [4=noop@4] commit 2',
      'n2>n1 appended 4 not, try 0',
      'n1>n2 state 4 to 2@1',
      'n2>n1 appended 4 to 2',
      'n1>n2 append 4 after 2@1 [3=31@1,4=noop@4] commit 2',
      'n2>n1 appended 4 to 4',
    ])
    expect([log.snapshot.data, log.entries.map(({ index }) => index)]).toEqual(['saved', [3, 4]])
  })

  it('bug transfer-loses-writes: entry 3 is never sent', () =>
    expect(transfer('transfer-loses-writes').log.snapshot).toEqual({ index: 4, view: 4, data: 'saved' }))

  it('an old message from before the snapshot changes nothing where views are agreed on', () => {
    const held = { view: 1, snapshot: { index: 2, view: 1, data: 'saved' }, entries: [] }
    const old = {
      type: 'append',
      view: 1,
      previous: { index: 0, view: 0 },
      entries: [],
      commit: 0,
      lastIndex: 1,
      sentAt: 0,
    } as const
    const agreed = new Bench({ n1: held, n2: held, n3: held })
    expect(agreed.send('n1', 'n2', old)).toEqual(['n2>n1 appended 1 to 2'])
    expect(agreed.core('n2').snapshot).toEqual(held.snapshot)
    const split = new Bench({ n1: held, n2: held, n3: held }, { failover: 'timeout' })
    expect(split.send('n1', 'n2', old)).toEqual(['n2>n1 appended 1 not, try 0'])
    expect(split.core('n2').snapshot).toEqual(NOTHING)
  })
})

it('timeout: a backup that hears nothing asks nobody; the higher view wins, and acknowledged writes are taken back', () => {
  const bench = new Bench(undefined, { failover: 'timeout', replication: 'async', minority: 'serve-all' })
  bench.tick('n1')
  bench.deliver()
  bench.cut.add('n1')
  bench.now += FAILOVER_TICKS
  bench.propose('n1', 7)
  bench.tick('n2')
  bench.propose('n2', 8)
  bench.deliver()
  expect(bench.applied.get('n1')).toEqual(['1=noop@1', '2=7@1'])
  expect(bench.applied.get('n2')).toEqual(['1=noop@1', '2=noop@2', '3=8@2'])
  bench.cut.clear()
  bench.tick('n2')
  bench.deliver()
  bench.tick('n2')
  bench.deliver()
  expect(bench.rebuilt).toEqual(['n1'])
  expect(bench.applied.get('n1')).toEqual(['1=noop@1', '2=noop@2', '3=8@2'])
})

describe('view-service', () => {
  const FIRST = { number: 1, primary: 'n1', members: ['n1', 'n2', 'n3'] }
  const told = (): Bench => {
    const bench = new Bench(undefined, { failover: 'view-service' })
    bench.send(VIEW_SERVICE, 'n1', { type: 'view', view: FIRST, sentAt: 0 })
    return bench
  }

  it('transcript: the primary acknowledges its view once all members have what is before it', () => {
    const bench = new Bench(undefined, { failover: 'view-service' })
    bench.tick('n1')
    expect(bench.deliver()).toEqual(['n1>view-service ping in 0, in sync []'])
    expect(bench.send(VIEW_SERVICE, 'n1', { type: 'view', view: FIRST, sentAt: 0 })).toEqual([
      'n1>n2 append 1 after 0@0 [1=noop@1] commit 0',
      'n1>n3 append 1 after 0@0 [1=noop@1] commit 0',
      'n2>n1 appended 1 to 1',
      'n3>n1 appended 1 to 1',
    ])
    bench.tick('n1')
    expect(bench.deliver()[0]).toBe('n1>view-service ping in 1 acknowledged, in sync [n2,n3]')
  })

  it('has a lease from the service alone', () => {
    const bench = told()
    expect(bench.core('n1').mayRead()).toBe('yes')
    for (let passed = 0; passed < FAILOVER_TICKS; passed++) {
      bench.tick('n1', 1)
      bench.deliver()
    }
    expect(bench.core('n1').mayRead()).toBe('no')
  })

  it('a backup that was left out is not waited for', () => {
    const bench = told()
    bench.cut.add('n3')
    const view = { number: 2, primary: 'n1', members: ['n1', 'n2'] }
    bench.propose('n1', 7)
    bench.deliver()
    expect(bench.core('n1').commit).toBe(1)
    bench.send(VIEW_SERVICE, 'n1', { type: 'view', view, sentAt: 0 })
    expect(bench.core('n1').commit).toBe(3)
  })
})
