import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Endpoint } from '../../harness/api/client.ts'
import type { Call } from '../../harness/api/history.ts'
import type { ClusterPlan, NodeIdentity } from '../../harness/api/target.ts'
import { temporaryFolder } from '../../harness/testing/command.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import type { HttpResult, JsonHttp } from '../http.ts'
import { Agent, type KeyValue, toBase64 } from './agent.ts'
import { actOnLocks } from './locks.ts'
import { type Act, actOnCounter, actOnRegister, actOnSet, actOnWatch } from './objects.ts'
import type { ConsulOptions } from './options.ts'
import { statusFrom } from './status.ts'
import { consul } from './target.ts'

const DEFAULTS: ConsulOptions = { mode: 'consistent', 'raft-multiplier': 1 }

it.each([
  ['consistent', 'linearizable', 'refuse'],
  ['default', 'consistent-prefix', 'refuse'],
  ['stale', 'consistent-prefix', 'serve-reads'],
] as const)(
  'in the mode %s claims reads that are %s, and that a minority will %s',
  (mode, read, minority) => {
    const claims = consul.claims({ ...DEFAULTS, mode }, REGISTER)
    expect(claims.consistency[REGISTER.name]).toEqual({ read, write: 'linearizable', cas: 'linearizable' })
    expect(claims.minority).toBe(minority)
  },
)

const node = (index: number): NodeIdentity => ({
  name: `n${index}`,
  index,
  address: `198.18.0.${index}`,
  dataDir: '/data',
})

it('starts servers that know each other, and that never look for updates', () => {
  const plan: ClusterPlan<ConsulOptions> = {
    nodes: [1, 2, 3].map(node),
    services: [],
    options: { ...DEFAULTS, 'raft-multiplier': 5 },
    bug: null,
  }
  const { files, processes } = consul.launch(node(2), plan, (name) => `/p/${name}`)
  expect(JSON.parse(files['consul.json'] as string)).toMatchObject({
    server: true,
    bootstrap_expect: 3,
    retry_join: ['198.18.0.1', '198.18.0.2', '198.18.0.3'],
    client_addr: '198.18.0.2',
    performance: { raft_multiplier: 5 },
    disable_update_check: true,
  })
  expect(processes[0]?.argv).toEqual(['/p/consul', '-config-file', '/data/consul.json'])
  expect(processes[0]?.env.CHECKPOINT_DISABLE).toBe('1')
})

it.each([
  ['', false],
  ['\0\0\0', false],
  ['{"last_seen_unix":17', false],
  ['{"last_seen_unix":1764393963}', true],
])('before a server starts again, %j as the time at which it was last seen stays: %s', (text, stays) => {
  using folder = temporaryFolder()
  const plan: ClusterPlan<ConsulOptions> = { nodes: [node(1)], services: [], options: DEFAULTS, bug: null }
  const [mend] =
    consul.launch({ ...node(1), dataDir: folder.path }, plan, (name) => name).steps?.restart ?? []
  const file = path.join(folder.path, 'consul', 'server_metadata.json')
  const [command, ...args] = mend?.argv ?? []
  // Also where there is none yet.
  expect(spawnSync(command as string, args).status).toBe(0)
  fs.mkdirSync(path.dirname(file))
  fs.writeFileSync(file, text)
  expect(spawnSync(command as string, args).status).toBe(0)
  expect(fs.existsSync(file)).toBe(stays)
})

describe('status', () => {
  const endpoint: Endpoint = { node: 'n2', address: '198.18.0.2' }
  const self = (state: string, leader: string, raft: Readonly<Record<string, string>> = {}) =>
    statusFrom(
      { Config: { Version: '1.15.4' }, Stats: { consul: { leader_addr: leader }, raft: { state, ...raft } } },
      endpoint,
    )

  it('has the numbers of Raft, and the leader if it is this server', () => {
    const raft = { term: '3', applied_index: '17', commit_index: '18', last_snapshot_index: '0' }
    expect(self('Leader', '198.18.0.2:8300', raft)).toEqual({
      role: 'leader',
      leader: 'n2',
      term: 3,
      appliedIndex: 17,
      commitIndex: 18,
      snapshotIndex: 0,
      version: '1.15.4',
    })
  })

  it('of a follower does not name a leader, unless there is none', () => {
    expect(self('Follower', '198.18.0.1:8300')).toEqual({ role: 'follower', version: '1.15.4' })
    expect(self('Candidate', '')).toEqual({ role: 'candidate', leader: null, version: '1.15.4' })
  })
})

/** An agent that gives these answers, one after another, and keeps what it was asked. */
const agentThat = (
  ...answers: readonly HttpResult[]
): { readonly agent: Agent; readonly asked: string[] } => {
  const asked: string[] = []
  const rest = [...answers]
  const http: Pick<JsonHttp, 'request'> = {
    request: async (_origin, method, path, body) => {
      asked.push(`${method} ${path}${method === 'PUT' ? ` ${JSON.stringify(body)}` : ''}`)
      return rest.shift() ?? { type: 'unsent', error: 'ECONNREFUSED' }
    },
  }
  return { agent: new Agent(http as JsonHttp, '198.18.0.1', new AbortController().signal), asked }
}

const answer = (body: unknown, status = 200): HttpResult => ({ type: 'response', status, body })
const doubt: HttpResult = { type: 'doubt', error: 'ECONNRESET' }
const key = (Key: string, value: string, ModifyIndex: number, more: Partial<KeyValue> = {}): KeyValue => ({
  Key,
  Value: toBase64(value),
  ModifyIndex,
  LockIndex: 0,
  ...more,
})

const outcomeOf = (act: Act, call: Call, ...answers: readonly HttpResult[]) =>
  act(agentThat(...answers).agent, call, 'default')

describe('clients', () => {
  const cas: Call = { f: 'cas', value: { key: 1, expected: 5, next: 6 } }
  const found = answer([key('register/1', '5', 40)])

  it('compare in the mode consistent, and write if the index is still the same', async () => {
    const { agent, asked } = agentThat(found, answer(true))
    expect(await actOnRegister(agent, cas, 'stale')).toMatchObject({ type: 'ok', value: { applied: true } })
    expect(asked).toEqual(['GET /v1/kv/register/1?consistent', 'PUT /v1/kv/register/1?cas=40 6'])
  })

  it.each([
    ['another value', [answer([key('register/1', '7', 41)])], { type: 'ok', value: { applied: false } }],
    ['no value', [answer('', 404)], { type: 'ok', value: { applied: false } }],
    ['a change in between', [found, answer(false)], { type: 'fail' }],
    ['no answer to the read', [doubt], { type: 'fail', error: 'nothing was written yet: ECONNRESET' }],
    ['no answer to the write', [found, doubt], { type: 'info' }],
    [
      'a deposed leader',
      [found, answer({ error: 'leadership lost while committing log' }, 500)],
      { type: 'info' },
    ],
    ['no leader', [found, answer({ error: 'No cluster leader' }, 500)], { type: 'fail' }],
  ] as const)('compare and set: %s', async (_what, answers, outcome) => {
    expect(await outcomeOf(actOnRegister, cas, ...answers)).toMatchObject(outcome)
  })

  it('read in the mode that was chosen', async () => {
    for (const [mode, query] of [
      ['default', ''],
      ['consistent', '?consistent'],
      ['stale', '?stale'],
    ] as const) {
      const { agent, asked } = agentThat(found)
      expect(await actOnRegister(agent, { f: 'read', value: { key: 1 } }, mode)).toEqual({
        type: 'ok',
        value: { key: 1, value: 5 },
      })
      expect(asked).toEqual([`GET /v1/kv/register/1${query}`])
    }
  })

  it('count from nothing', async () => {
    const { agent, asked } = agentThat(answer('', 404), answer(true))
    expect((await actOnCounter(agent, { f: 'add', value: { key: 2, delta: 3 } }, 'default')).type).toBe('ok')
    expect(asked[1]).toBe('PUT /v1/kv/counter/2?cas=0 3')
  })

  it('list a set, empty at first', async () => {
    const read: Call = { f: 'read', value: {} }
    expect(await outcomeOf(actOnSet, read, answer('', 404))).toEqual({ type: 'ok', value: { elements: [] } })
    expect(await outcomeOf(actOnSet, read, answer(['element/3', 'element/12']))).toEqual({
      type: 'ok',
      value: { elements: [3, 12] },
    })
  })

  it('watch what has changed since an index, in the order of the changes', async () => {
    const state = [key('watched/0', '8', 31), key('watched/1', '4', 12), key('watched/2', '9', 25)]
    expect(await outcomeOf(actOnWatch, { f: 'watch', value: { after: 12 } }, answer(state))).toEqual({
      type: 'ok',
      value: {
        events: [
          { key: 2, value: 9, revision: 25 },
          { key: 0, value: 8, revision: 31 },
        ],
        upTo: 31,
      },
    })
    expect(await outcomeOf(actOnWatch, { f: 'put', value: { key: 1, value: null } })).toMatchObject({
      type: 'fail',
    })
  })
})

describe('locks', () => {
  const call = (f: 'acquire' | 'release', owner = 7): Call => ({ f, value: { key: 0, owner } })
  const session = answer({ ID: 's1' })
  const taken = answer({ Results: null, Errors: [{ OpIndex: 0, What: 'lock is held' }] }, 409)
  const granted = answer({ Results: [{ KV: key('lock/0', '7', 50, { LockIndex: 4, Session: 's1' }) }] })

  it('tell the lock index as the token', async () => {
    expect(await outcomeOf(actOnLocks(), call('acquire'), session, granted)).toEqual({
      type: 'ok',
      value: { done: true, token: 4 },
    })
  })

  it('use a session again that holds nothing, and none that may hold something', async () => {
    const act = actOnLocks()
    const { agent, asked } = agentThat(session, taken, granted, session, doubt, session, granted)
    const outcomes = [
      await act(agent, call('acquire'), 'default'),
      await act(agent, call('acquire', 8), 'default'),
    ]
    expect(outcomes).toMatchObject([{ value: { done: false } }, { value: { done: true } }])
    expect((await act(agent, call('acquire', 9), 'default')).type).toBe('info')
    await act(agent, call('acquire', 10), 'default')
    expect(asked.map((each) => each.split(' ')[1])).toEqual([
      '/v1/session/create',
      '/v1/txn',
      '/v1/txn',
      '/v1/session/create',
      '/v1/txn',
      '/v1/session/create',
      '/v1/txn',
    ])
  })

  it('are released only as they were found', async () => {
    const held = answer([key('lock/0', '7', 50, { LockIndex: 4, Session: 's1' })])
    const { agent, asked } = agentThat(held, granted)
    expect(await actOnLocks()(agent, call('release'), 'stale')).toMatchObject({ value: { done: true } })
    expect(asked[0]).toBe('GET /v1/kv/lock/0?consistent')
    expect(asked[1]).toContain('{"Verb":"check-index","Key":"lock/0","Index":50}')
    // Of another owner, free, and released meanwhile.
    expect(await outcomeOf(actOnLocks(), call('release', 8), held)).toMatchObject({ value: { done: false } })
    expect(await outcomeOf(actOnLocks(), call('release'), answer([key('lock/0', '7', 51)]))).toMatchObject({
      value: { done: false },
    })
    expect(await outcomeOf(actOnLocks(), call('release'), held, taken)).toMatchObject({
      value: { done: false },
    })
    expect(await outcomeOf(actOnLocks(), call('release'), held, doubt)).toMatchObject({ type: 'info' })
  })
})
