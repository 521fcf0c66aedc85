/** The bundled Raft cluster: real processes with real sockets and disks, and bugs to plant. */

import { fileURLToPath } from 'node:url'
import type { Delivery } from '../../harness/api/claims.ts'
import type { ClusterPlan, NodeIdentity, NodeStatus, ServiceSpec } from '../../harness/api/target.ts'
import { UserError } from '../../harness/support/assert.ts'
import { defineTarget } from '../../harness/support/define.ts'
import { EFFECTS, SINK } from '../../harness/vocabularies/effects.ts'
import { ELECTION } from '../../harness/vocabularies/election.ts'
import { JOB_QUEUE } from '../../harness/vocabularies/job-queue.ts'
import { LEASE } from '../../harness/vocabularies/lease.ts'
import { LOCK } from '../../harness/vocabularies/locks.ts'
import { OUTBOX } from '../../harness/vocabularies/outbox.ts'
import { PROTECTED_LEASE, PROTECTED_LOCK } from '../../harness/vocabularies/protected.ts'
import { SCHEDULE } from '../../harness/vocabularies/schedule.ts'
import { WATCH } from '../../harness/vocabularies/watch.ts'
import { JsonHttp } from '../http.ts'
import { IN_ONE_ORDER } from '../one-order.ts'
import { protectedBy } from '../sink/client.ts'
import { SINK_PORT } from '../sink/port.ts'
import { lacksSink, sinksOf } from '../sink/service.ts'
import { bugs, isBug } from './bugs/bugs.ts'
import { raftClient } from './client.ts'
import { electionClient } from './election-client.ts'
import { jobClient } from './job-client.ts'
import { messageInLine } from './message-lines.ts'
import { type RaftOptions, raftOptions } from './options.ts'
import { AUTHORITY_PORT, CLIENT_PORT, type ErrorReply, type ServerConfig } from './protocol.ts'
import { structures } from './structures/index.ts'

const control = new JsonHttp()

const moduleAt = (relative: string): string => {
  const extension = import.meta.filename.endsWith('.ts') ? 'ts' : 'js'
  return fileURLToPath(new URL(`${relative}.${extension}`, import.meta.url))
}

const configOf = (node: NodeIdentity, plan: ClusterPlan<RaftOptions>): ServerConfig => {
  if (plan.bug !== null && !isBug(plan.bug)) throw new UserError(`raft has no bug named ${plan.bug}.`)
  const service = (name: string): string | null =>
    plan.services.find((each) => each.name === name)?.address ?? null
  const [authority, sink] = [service(AUTHORITY.name), service(SINK)]
  return {
    version: plan.options.version === '1' ? 1 : 2,
    authority: authority === null ? null : `http://${authority}:${AUTHORITY_PORT}`,
    sink: sink === null ? null : `http://${sink}:${SINK_PORT}`,
    id: node.name,
    dataDir: node.dataDir,
    members: plan.nodes.map(({ name }) => name),
    addresses: Object.fromEntries(plan.nodes.map(({ name, address }) => [name, address])),
    tickMs: plan.options.tick,
    electionMs: plan.options['election-timeout'],
    maxEntriesPerAppend: plan.options['max-entries'],
    compactEvery: plan.options['compact-every'],
    logsMessages: plan.options['log-messages'],
    bug: plan.bug,
  }
}

const answers = async (origin: string, signal: AbortSignal): Promise<boolean> => {
  const result = await control.request(origin, 'GET', '/', undefined, signal)
  return result.type === 'response' && result.status === 200
}

/** A service whose permission the cluster needs for each write. */
const AUTHORITY: ServiceSpec = {
  name: 'authority',
  launch: ({ address }) => ({
    files: {},
    processes: [
      {
        name: 'authority',
        argv: [process.execPath, moduleAt('../stub-service'), address, String(AUTHORITY_PORT)],
        env: { NODE_NO_WARNINGS: '1' },
      },
    ],
  }),
  ready: ({ address }, signal) => answers(`http://${address}:${AUTHORITY_PORT}`, signal),
}

const getStatus = async (address: string, signal: AbortSignal): Promise<NodeStatus & { ready: boolean }> => {
  const result = await control.request(
    `http://${address}:${CLIENT_PORT}`,
    'GET',
    '/status',
    undefined,
    signal,
  )
  if (result.type !== 'response') throw new Error(result.error)
  return result.body as NodeStatus & { ready: boolean }
}

/** Nodes are killed and started often, and half of the time that one takes to start it compiles. */
const compiled = (): Readonly<Record<string, string>> => {
  const { NODE_COMPILE_CACHE } = process.env
  return NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE }
}

/** A crash between an effect and its record repeats the effect. Only a sink that remembers the key can prevent that. */
const deliveredTo = (sink: RaftOptions['sink']): Delivery =>
  sink === 'deduplicating' ? 'exactly-once' : 'at-least-once'

export const raft = defineTarget({
  name: 'raft',
  description: 'the bundled Raft cluster: one process per node, with planted bugs (--bug)',
  options: raftOptions,
  nodes: { default: 5, min: 1 },
  bugs,
  simulation: async () => (await import('./simulation/simulate.ts')).raftSimulation,
  versions: { option: 'version', values: ['1', '2'] },
  mistakes: [
    { option: 'election-timeout', value: 60 },
    { option: 'election-timeout', value: 3000 },
    { option: 'max-entries', value: 1 },
    { option: 'compact-every', value: 3 },
  ],
  programs: {},
  claims: ({ sink }) => ({
    source: 'targets/raft/README.md',
    consistency: {
      // One replicated state machine: every object has one order of calls.
      ...IN_ONE_ORDER,
      [WATCH.name]: 'exactly-once',
      [ELECTION.name]: 'linearizable',
      [EFFECTS.name]: deliveredTo(sink),
      [JOB_QUEUE.name]: deliveredTo(sink),
      [SCHEDULE.name]: deliveredTo(sink),
      [OUTBOX.name]: deliveredTo(sink),
    },
    minority: 'refuse',
    quorums: ['majority of nodes'],
    neverPanics: true,
    logPatterns: { corruption: ': refusing to start$' },
    tellsElections: true,
    recoversWithinMs: 15_000,
    tolerates: {
      partition: 'any',
      omission: 'any',
      timing: 'any',
      kill: 'any',
      pause: 'any',
      clock: 'any',
      'power-loss': 'any',
      'disk-errors': 'any',
      membership: 'any',
      upgrade: 'any',
      misconfiguration: 'minority',
      dependency: 'any',
    },
  }),
  services: ({ authority, sink }) => [...(authority ? [AUTHORITY] : []), ...sinksOf(sink)],
  lacks: (vocabulary, { sink }) => lacksSink(vocabulary, sink),
  clients: {
    ...Object.fromEntries(Object.keys(structures).map((name) => [name, raftClient(name)])),
    [ELECTION.name]: electionClient,
    [JOB_QUEUE.name]: jobClient,
    [PROTECTED_LOCK.name]: protectedBy(raftClient(LOCK.name)),
    [PROTECTED_LEASE.name]: protectedBy(raftClient(LEASE.name)),
  },
  launch: (node, plan) => ({
    files: {},
    processes: [
      {
        name: 'raft',
        argv: [
          process.execPath,
          '--max-old-space-size=256',
          moduleAt('./server/main'),
          JSON.stringify(configOf(node, plan)),
        ],
        env: { NODE_NO_WARNINGS: '1', ...compiled() },
      },
    ],
  }),
  ready: async (node, signal) => (await getStatus(node.address, signal)).ready,
  changeMembers: async ({ address }, { kind, member }, signal) => {
    const body = { [kind]: member }
    const result = await control.request(`http://${address}:${CLIENT_PORT}`, 'POST', '/members', body, signal)
    if (result.type !== 'response') throw new Error(result.error)
    if (result.status !== 200) throw new Error((result.body as ErrorReply).error)
  },
  loggedMessages: (options) => (options['log-messages'] ? messageInLine : null),
  status: async (node, signal) => {
    const { ready: _, ...status } = await getStatus(node.address, signal)
    return status
  },
})
