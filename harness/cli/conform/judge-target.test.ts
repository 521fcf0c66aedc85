/** Hooks and nodes that do one thing wrong each. */
import { describe, expect, it } from 'vitest'
import { judgeTarget } from './judge-target.ts'
import type { HookSeen, Observations } from './observations.ts'

const NODES = ['n1', 'n2']

const seen = (fields: Partial<HookSeen>): HookSeen => ({
  hook: 'ready',
  state: 'healthy',
  node: 'n1',
  said: null,
  rejected: null,
  tookMs: 3,
  limitMs: 500,
  ...fields,
})
const status = (said: object, node = 'n1'): HookSeen => seen({ hook: 'status', said, node })

const FINE: readonly HookSeen[] = [
  seen({ said: true }),
  seen({ state: 'stopped', said: false }),
  seen({ state: 'paused', rejected: 'aborted', tookMs: 510 }),
  status({ role: 'leader', term: 2 }),
  status({ role: 'follower', term: 2, leader: 'n1' }, 'n2'),
  seen({ hook: 'status', state: 'stopped', rejected: 'refused' }),
  seen({ hook: 'status', state: 'paused', rejected: 'aborted' }),
]

const observed = (fields: Partial<Observations>): Observations => ({
  nodes: NODES,
  hasStatus: true,
  calls: [],
  connections: [],
  asked: {},
  hooks: FINE,
  turns: [
    { what: 'first start', tookMs: 900, problem: null },
    { what: 'stop', tookMs: 40, problem: null },
  ],
  escapes: { processes: [], files: [] },
  strays: {},
  ...fields,
})
const wrongIn = (fields: Partial<Observations>): readonly string[] =>
  judgeTarget(observed(fields))
    .filter(({ result }) => result === 'wrong')
    .map(({ check, note }) => `${check}: ${note}`)
/** What is found if this is seen in place of what the same hook said in the same state. */
const wrongWith = (...others: readonly HookSeen[]): readonly string[] =>
  wrongIn({
    hooks: [
      ...FINE.filter(
        ({ hook, state, node }) =>
          !others.some((other) => other.hook === hook && other.state === state && other.node === node),
      ),
      ...others,
    ],
  })

describe('a target', () => {
  it('that keeps its contract has no mistake', () => expect(wrongIn({})).toEqual([]))

  it.each([
    [seen({ said: false }), 'ready of n1 resolved with false although it serves'],
    [seen({ rejected: 'refused' }), 'ready of n1 rejected although it serves: refused'],
    [seen({ said: true, tookMs: 700 }), 'took 700 ms, and 500 ms are waited for'],
    [seen({ state: 'stopped', said: true }), 'says that n1 serves although it is stopped'],
    [seen({ state: 'paused', tookMs: null }), 'ready of n1 did not settle within a second after its signal'],
    [seen({ hook: 'status', state: 'paused', said: { role: 'leader' } }), 'answered although it is paused'],
    [status({ role: 'primary' }), 'status of n1: role: Invalid option'],
    [status({ role: 'leader', leader: '10.0.0.1' }), 'n1 names 10.0.0.1 as leader, which is no node'],
    [status({ role: 'leader', term: 2 }, 'n2'), 'n1 and n2 lead in one term'],
    [status({ role: 'follower', term: 2 }), 'nobody leads in a healthy cluster'],
  ])('whose hook is wrong: %o', (hook, sentence) => expect(wrongWith(hook).join()).toContain(sentence))

  it.each([
    [
      { turns: [{ what: 'stop', tookMs: 2000, problem: '1 of its processes did not end' }] },
      'set `stopSignal`',
    ],
    [{ turns: [{ what: 'restart', tookMs: 60_000, problem: 'not every node' }] }, 'not every node (60.0 s)'],
    [
      { escapes: { processes: ['sleep (pid 3)'], files: [] } },
      'left when all nodes were down: sleep (pid 3)',
    ],
    [{ escapes: { processes: [], files: ['/srv/x'] } }, 'open for writing: /srv/x'],
  ] as const)('whose nodes are wrong: %o', (fields, sentence) =>
    expect(wrongIn(fields).join()).toContain(sentence),
  )
})
