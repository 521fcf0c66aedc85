import { expect, it } from 'vitest'
import type { Answer } from '../protocol/server/client-api.ts'
import { healthyCore } from './core/deviations.ts'
import type { Choices, Message } from './core/types.ts'
import { Replica } from './replica.ts'
import { PrimaryBackupDisk } from './simulation/disk.ts'
import { SAFE } from './testing/bench.ts'

const FAILOVER_TICKS = 10

/** n1 of three, with a clock that the test sets. */
const replicaWith = (choices: Partial<Choices>) => {
  const clock = { now: 0 }
  const disk = new PrimaryBackupDisk()
  const replica = new Replica({
    config: {
      ...SAFE,
      ...choices,
      id: 'n1',
      nodes: ['n1', 'n2', 'n3'],
      failoverTicks: FAILOVER_TICKS,
      heartbeatTicks: 1,
      maxEntriesPerMessage: 8,
      random: () => 0,
      now: () => clock.now,
      deviations: healthyCore,
    },
    disk,
    send: () => {},
    compactEvery: 100,
  })
  const receive = (message: Message): void => {
    replica.receive('n2', message)
    replica.drive()
  }
  return { clock, disk, replica, receive }
}

const READ = { f: 'read', value: { key: 1 } }

/** What the client of a write is told when a later primary has committed another entry in its place. */
const superseded = (choices: Partial<Choices>): Answer | undefined => {
  const { clock, replica, receive } = replicaWith(choices)
  clock.now = FAILOVER_TICKS
  replica.tick()
  receive({ type: 'vote', view: 1 })
  receive({ type: 'appended', view: 1, matches: true, index: 1, sentAt: clock.now })
  let told: Answer | undefined
  replica.submit({ kind: 'session' }, (answer) => {
    told = answer
  })
  replica.drive()
  const other = (index: number) => ({ index, view: 2, command: { kind: 'noop' } as const })
  const at = { view: 2, lastIndex: 3, sentAt: 0 }
  const previous = { index: 1, view: 1 }
  receive({ type: 'append', ...at, previous, entries: [other(2), other(3)], commit: 3 })
  return told
}

it('a write that was superseded never happened where views are agreed on; elsewhere it may come back', () => {
  expect(superseded({})).toEqual({ type: 'superseded' })
  expect(superseded({ failover: 'timeout' })).toEqual({ type: 'unknown' })
})

it('a new primary answers reads once it has applied what was acknowledged before, and not when that is only committed', () => {
  const { clock, replica, receive } = replicaWith({})
  const written = { f: 'write', value: { key: 1, value: 7 } }
  const command = { kind: 'internal', vocabulary: 'register', call: written } as const
  const before = { index: 1, view: 2, command }
  const previous = { index: 0, view: 0 }
  receive({ type: 'append', view: 2, previous, entries: [before], commit: 0, lastIndex: 1, sentAt: 0 })
  clock.now = FAILOVER_TICKS
  replica.tick()
  receive({ type: 'vote', view: 4 })
  const answers: Answer[] = []
  const ask = (): void => replica.read('register', READ, (answer) => answers.push(answer))
  // Not driven: the read arrives in the same turn.
  replica.receive('n2', { type: 'appended', view: 4, matches: true, index: 2, sentAt: clock.now })
  ask()
  replica.drive()
  ask()
  expect(answers).toEqual([
    { type: 'not-leader', leader: null },
    { type: 'value', value: { key: 1, value: 7 }, index: 2, term: 4 },
  ])
})

it('an old answer says so, and how it came about', () => {
  const { clock, replica } = replicaWith({ minority: 'serve-stale-and-say-so' })
  const answers: Answer[] = []
  const ask = (): void => replica.read('register', READ, (answer) => answers.push(answer))
  ask()
  clock.now = FAILOVER_TICKS
  ask()
  expect(answers).toEqual([
    { type: 'not-leader', leader: null },
    { type: 'value', value: { key: 1, value: null }, index: 0, term: 0, stale: true },
  ])
})

it('what was applied and then taken back is applied anew from the snapshot', () => {
  const { clock, disk, replica, receive } = replicaWith({
    failover: 'timeout',
    replication: 'async',
    minority: 'serve-all',
  })
  replica.tick()
  clock.now = 2 * FAILOVER_TICKS
  const write = (value: number) =>
    ({ kind: 'internal', vocabulary: 'register', call: { f: 'write', value: { key: 1, value } } }) as const
  replica.submit(write(7), () => {})
  replica.drive()
  expect(replica.machine.read('register', READ)).toEqual({ key: 1, value: 7 })
  const entries = [{ index: 2, view: 2, command: write(8) }]
  const previous = { index: 1, view: 1 }
  receive({ type: 'append', view: 2, previous, entries, commit: 2, lastIndex: 2, sentAt: 0 })
  expect(replica.machine.read('register', READ)).toEqual({ key: 1, value: 8 })
  expect(disk.restored.entries.map(({ view }) => view)).toEqual([1, 2])
})
