import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Effect } from '../api/nemesis.ts'
import type { NodeStatus } from '../api/target.ts'
import { plannedFault } from '../testing/faults.ts'
import { rememberingLog } from '../testing/logs.ts'
import { ClientLog } from './client-log.ts'
import { FaultLog, logDelays, StatusLog } from './log-events.ts'

const fault = plannedFault({ id: 'f', atNs: 1, durationNs: 2 })
const effect = (effective: boolean): Effect => ({
  effective,
  summary: effective ? 'it died' : 'it lives',
  measurements: {},
})

describe('faults in the log', () => {
  it('are logged step by step, with what was measured', () => {
    const log = rememberingLog()
    const faults = new FaultLog(log)
    faults.record({ type: 'planned', fault })
    faults.record({ type: 'injected', id: 'f', atNs: 1, victims: ['n1'] })
    faults.record({ type: 'measured', id: 'f', atNs: 2, effect: effect(true) })
    // Another fault may have ended this one, so an earlier measurement counts.
    faults.record({ type: 'healed', id: 'f', atNs: 3, effect: effect(false) })
    expect(log.lines.map(({ level, event }) => `${level} ${event}`)).toEqual([
      'info fault planned',
      'info fault injected',
      'info fault measured',
      'info fault healed',
    ])
    expect(log.lines[0]?.fields).toMatchObject({ id: 'f', model: 'kill', atNs: 1, durationNs: 2 })
    expect(log.lines[1]?.fields).toEqual({ id: 'f', victims: ['n1'] })
    expect(log.lines[2]?.fields).toEqual({ id: 'f', effective: true, effect: 'it died' })
  })

  it('that failed, or never had an effect, are warnings', () => {
    const log = rememberingLog()
    const faults = new FaultLog(log)
    faults.record({ type: 'measured', id: 'f', atNs: 2, effect: effect(false) })
    faults.record({ type: 'healed', id: 'f', atNs: 3, effect: effect(false) })
    faults.record({ type: 'failed', id: 'g', atNs: 3, error: 'no iptables' })
    expect(log.lines.filter(({ level }) => level === 'warn')).toEqual([
      { level: 'warn', event: 'fault had no effect', fields: { id: 'f' } },
      { level: 'warn', event: 'fault failed', fields: { id: 'g', error: 'no iptables' } },
    ])
  })
})

describe('the status of nodes in the log', () => {
  const eventsOf = (statuses: readonly (Partial<NodeStatus> | null)[]): string[] => {
    const log = rememberingLog()
    const statusLog = new StatusLog(log)
    for (const status of statuses)
      statusLog.record({
        timeNs: 0,
        node: 'n1',
        status: status === null ? null : { role: 'follower', ...status },
      })
    return log.lines.map(({ event }) => event)
  }

  it.each<[string, readonly (Partial<NodeStatus> | null)[], readonly string[]]>([
    ['nothing while nothing changes', [{ term: 1 }, { term: 1 }, { term: 2 }], ['node answers']],
    [
      'once, that it stops answering',
      [{}, null, null, {}],
      ['node answers', 'node does not answer', 'node answers'],
    ],
    ['that it never answered', [null, null], ['node does not answer']],
    [
      'that it leads, leads again, and stops leading',
      [
        {},
        { role: 'leader', term: 1 },
        { role: 'leader', term: 1 },
        { role: 'leader', term: 3 },
        { term: 4 },
      ],
      ['node answers', 'node leads', 'node leads', 'node stopped leading'],
    ],
    [
      'a change of members',
      [{ members: ['n1'] }, { members: ['n1', 'n2'] }],
      ['node answers', 'members changed'],
    ],
  ])('%s', (_, statuses, events) => expect(eventsOf(statuses)).toEqual(events))
})

describe('clients in the log', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('are counted per node, and logged once a second if there is anything to log', () => {
    const log = rememberingLog()
    const clients = new ClientLog(log)
    clients.opened('n1', false)
    for (let i = 0; i < 1000; i++) clients.refused('n2', `refused ${i}`)
    clients.completed('n1', { type: 'ok', value: null })
    clients.completed('n1', { type: 'fail', error: 'no leader' })
    clients.completed('n1', { type: 'info', error: 'timeout' })
    expect(log.lines).toEqual([])
    vi.advanceTimersByTime(1000)
    expect(log.lines.map(({ fields }) => fields)).toEqual([
      { node: 'n1', opened: 1, reopened: 0, refused: 0, failed: 1, inDoubt: 1, lastError: 'timeout' },
      { node: 'n2', opened: 0, reopened: 0, refused: 1000, failed: 0, inDoubt: 0, lastError: 'refused 999' },
    ])
    clients.completed('n1', { type: 'ok', value: null })
    vi.advanceTimersByTime(5000)
    expect(log.lines).toHaveLength(2)
  })

  it('are logged once more when the run is over, and not after that', () => {
    const log = rememberingLog()
    const clients = new ClientLog(log)
    clients.opened('n1', true)
    clients[Symbol.dispose]()
    expect(log.lines).toMatchObject([{ event: 'clients', fields: { node: 'n1', reopened: 1 } }])
    expect(vi.getTimerCount()).toBe(0)
  })
})

it('a high event-loop delay is a warning', () => {
  const log = rememberingLog()
  logDelays(log, { p50: 1, p99: 20, max: 500 })
  logDelays(log, { p50: 1, p99: 200, max: 500 })
  expect(log.lines.map(({ level }) => level)).toEqual(['info', 'warn'])
})
