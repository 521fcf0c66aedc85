/** What each planted bug outside the core does to a few calls, beside what the healthy node does. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Leader } from '../testing/leader.ts'
import { type Bug, bugs } from './bugs.ts'

interface Case {
  /** What is seen. */
  readonly observe: (node: Leader) => unknown
  readonly healthy: unknown
  readonly broken: unknown
}

const sizeOf = (answer: unknown, field: string): number =>
  (answer as Record<string, readonly unknown[]>)[field]?.length ?? 0

const cases: Partial<Record<Bug, Case>> = {
  'txn-reads-early': {
    observe: (node) => {
      const append = (value: number) => [
        ['r', 1, null],
        ['append', 1, value],
      ]
      return node.together('list-append', ['txn', append(1)], ['txn', append(2)])
    },
    healthy: [
      [
        ['r', 1, []],
        ['append', 1, 1],
      ],
      [
        ['r', 1, [1]],
        ['append', 1, 2],
      ],
    ],
    broken: [
      [
        ['r', 1, []],
        ['append', 1, 1],
      ],
      [
        ['r', 1, []],
        ['append', 1, 2],
      ],
    ],
  },
  'txn-not-atomic': {
    observe: (node) => {
      const writes = [
        ['w', 1, 5],
        ['w', 2, 5],
      ]
      const reads = [
        ['r', 2, null],
        ['r', 1, null],
      ]
      return node.together('rw-register', ['txn', writes], ['txn', reads])[1]
    },
    healthy: [
      ['r', 2, 5],
      ['r', 1, 5],
    ],
    broken: [
      ['r', 2, null],
      ['r', 1, 5],
    ],
  },
  'first-page-only': {
    observe: (node) => {
      for (let element = 0; element < 501; element++) node.write('set', 'add', { element })
      return sizeOf(node.ask('set', 'read', {}), 'elements')
    },
    healthy: 501,
    broken: 500,
  },
  'counter-outside-log': {
    observe: (node) => {
      node.together('counter', ['add', { key: 1, delta: 1 }], ['add', { key: 1, delta: 1 }])
      return node.ask('counter', 'read', { key: 1 })
    },
    healthy: { key: 1, value: 2 },
    broken: { key: 1, value: 1 },
  },
  'dequeue-before-commit': {
    observe: (node) => {
      for (const value of [1, 2]) node.write('queue', 'enqueue', { key: 1, value })
      return node.together('queue', ['dequeue', { key: 1 }], ['dequeue', { key: 1 }])
    },
    healthy: [
      { key: 1, value: 1 },
      { key: 1, value: 2 },
    ],
    broken: [
      { key: 1, value: 1 },
      { key: 1, value: 1 },
    ],
  },
  'queue-sorted-in-snapshot': {
    observe: (node) => {
      for (const value of [2, 1]) node.write('queue', 'enqueue', { key: 1, value })
      node.restart()
      return node.write('queue', 'dequeue', { key: 1 })
    },
    healthy: { key: 1, value: 2 },
    broken: { key: 1, value: 1 },
  },
  'ids-from-memory': {
    observe: (node) => {
      const first = node.send('unique-ids', 'generate', {})
      node.replace()
      return [node.write('unique-ids', 'generate', {}), first.value]
    },
    healthy: [{ id: 2 }, { id: 1 }],
    broken: [{ id: 1 }, { id: 1 }],
  },
  'log-tail-in-snapshot': {
    observe: (node) => {
      for (let value = 0; value < 11; value++) node.write('append-log', 'append', { key: 1, value })
      node.restart()
      return sizeOf(node.ask('append-log', 'read', { key: 1 }), 'values')
    },
    healthy: 11,
    broken: 10,
  },
  'release-by-anyone': {
    observe: (node) => {
      node.write('lock', 'acquire', { key: 1, owner: 1 })
      node.write('lock', 'release', { key: 1, owner: 2 })
      return node.write('lock', 'acquire', { key: 1, owner: 3 })
    },
    healthy: { done: false },
    broken: { done: true, token: expect.any(Number) },
  },
  'token-is-term': {
    observe: (node) => {
      const tokens = [1, 2].map((key) => node.write('lock', 'acquire', { key, owner: 1 }))
      return new Set(tokens.map((answer) => (answer as { token: number }).token)).size
    },
    healthy: 2,
    broken: 1,
  },
  'permits-not-in-snapshot': {
    observe: (node) => {
      for (const owner of [1, 2]) node.write('semaphore', 'acquire', { key: 1, owner })
      node.restart()
      return node.write('semaphore', 'acquire', { key: 1, owner: 3 })
    },
    healthy: { done: false },
    broken: { done: true },
  },
  'funds-checked-early': {
    observe: (node) => {
      const transfer = { from: 0, to: 1, amount: 15 }
      return node.together('bank', ['transfer', transfer], ['transfer', transfer])[1]
    },
    healthy: { from: 0, to: 1, amount: 15, applied: false },
    broken: { from: 0, to: 1, amount: 15, applied: true },
  },
  'last-booking-wins': {
    observe: (node) => {
      node.write('booking', 'book', { seat: 1, customer: 1 })
      return node.write('booking', 'book', { seat: 1, customer: 2 })
    },
    healthy: { seat: 1, customer: 2, confirmed: false },
    broken: { seat: 1, customer: 2, confirmed: true },
  },
  'newest-clock-wins': {
    observe: (node) => {
      node.write('access', 'grant', { subject: 1 })
      vi.setSystemTime(Date.now() - 1000)
      node.write('access', 'revoke', { subject: 1 })
      return node.ask('access', 'check', { subject: 1 })
    },
    healthy: { subject: 1, allowed: false },
    broken: { subject: 1, allowed: true },
  },
  'watch-resumes-late': {
    observe: (node) => {
      for (const value of [1, 2, 3]) node.write('watch', 'put', { key: 1, value })
      return sizeOf(node.ask('watch', 'watch', { after: 1 }), 'events')
    },
    healthy: 2,
    broken: 1,
  },
  'watch-forgets-in-snapshot': {
    observe: (node) => {
      for (const value of [1, 2, 3]) node.write('watch', 'put', { key: 1, value })
      node.restart()
      return sizeOf(node.ask('watch', 'watch', { after: 0 }), 'events')
    },
    healthy: 3,
    broken: 1,
  },
  'lease-by-wall-clock': {
    observe: (node) => {
      node.write('lease', 'acquire', { key: 1, owner: 1 })
      vi.setSystemTime(Date.now() + 60_000)
      node.lead()
      return node.write('lease', 'acquire', { key: 1, owner: 2 })
    },
    healthy: { done: false },
    broken: { done: true, token: expect.any(Number) },
  },
  'lock-freed-by-time': {
    observe: (node) => {
      node.write('lock', 'acquire', { key: 1, owner: 1 })
      node.lead()
      vi.advanceTimersByTime(60_000)
      node.lead()
      return node.write('lock', 'acquire', { key: 1, owner: 2 })
    },
    healthy: { done: false },
    broken: { done: true, token: expect.any(Number) },
  },
  'refused-half-published': {
    observe: (node) => {
      node.write('publication', 'publish', { index: 1, version: 2, shards: 3 })
      node.write('publication', 'publish', { index: 1, version: 1, shards: 3 })
      return node.ask('publication', 'read', { index: 1 })
    },
    healthy: { index: 1, versions: [2, 2, 2] },
    broken: { index: 1, versions: [2, 1, 2] },
  },
  'silent-shard-is-empty': {
    observe: (node) => {
      for (const element of [7, 8]) node.write('search', 'add', { collection: 1, element })
      return node.ask('search', 'query', { collection: 1 })
    },
    healthy: { collection: 1, elements: [7, 8], complete: true },
    broken: { collection: 1, elements: [7], complete: true },
  },
  'arrivals-counted': {
    observe: (node) => {
      for (let time = 0; time < 2; time++)
        node.write('barrier', 'arrive', { barrier: 1, party: 0, parties: 2 })
      return node.ask('barrier', 'enter', { barrier: 1, parties: 2 })
    },
    healthy: { barrier: 1, passed: false },
    broken: { barrier: 1, passed: true },
  },
  'key-per-attempt': {
    observe: (node) => {
      node.write('effects', 'submit', { key: 'k', resource: 1, version: 1 })
      node.lead()
      const [, { body }] = vi.mocked(fetch).mock.lastCall as unknown as [string, { body: string }]
      return JSON.parse(body).request.key
    },
    healthy: 'k',
    broken: 'k#n1-1',
  },
  'done-before-effect': {
    observe: (node) => {
      node.write('effects', 'submit', { key: 'k', resource: 1, version: 1 })
      node.lead()
      return node.ask('effects', 'pending', {})
    },
    healthy: { pending: ['k'], done: 0 },
    broken: { pending: [], done: 1 },
  },
  'cached-reads': {
    observe: (node) => {
      node.write('register', 'write', { key: 1, value: 1 })
      node.ask('register', 'read', { key: 1 })
      node.write('register', 'write', { key: 1, value: 2 })
      return node.ask('register', 'read', { key: 1 })
    },
    healthy: { key: 1, value: 2 },
    broken: { key: 1, value: 1 },
  },
  'taken-is-done': {
    observe: (node) => {
      node.write('job-queue', 'submit', { key: 'k', resource: 1, version: 1 })
      node.write('job-queue', 'take', {})
      return node.ask('job-queue', 'pending', {})
    },
    healthy: { pending: ['k'], done: 0 },
    broken: { pending: [], done: 1 },
  },
  'missed-ticks-skipped': {
    observe: (node) => {
      node.write('schedule', 'schedule', { key: 's', resource: 1, everyMs: 100, ticks: 9 })
      for (const passedMs of [0, 100, 0, 500]) {
        vi.advanceTimersByTime(passedMs)
        node.lead()
      }
      return node.ask('schedule', 'pending', {})
    },
    healthy: { pending: ['s/1', 's/2', 's'], done: 0 },
    broken: { pending: ['s/1', 's/6', 's'], done: 0 },
  },
  'message-in-second-entry': {
    observe: (node) => {
      node.send('outbox', 'update', { key: 'k', resource: 1, version: 1 })
      node.step()
      return node.ask('outbox', 'pending', {})
    },
    healthy: { pending: ['k'], done: 0 },
    broken: { pending: [], done: 0 },
  },
}

beforeEach(() => {
  vi.useFakeTimers()
  // A sink that never answers.
  vi.stubGlobal(
    'fetch',
    vi.fn(() => new Promise<never>(() => {})),
  )
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

it.each(Object.entries(cases))('%s', (bug, { observe, healthy, broken }) => {
  expect(observe(new Leader(null))).toEqual(healthy)
  expect(observe(new Leader(bug as Bug))).toEqual(broken)
})

it('every bug is shown here or in simulation.test.ts', () => {
  const shown = new Set([
    ...Object.keys(cases),
    ...bugs.flatMap(({ name, simulatorSeeds }) => (simulatorSeeds === null ? [] : [name])),
  ])
  expect(bugs.map(({ name }) => name).filter((name) => !shown.has(name))).toEqual([])
})
