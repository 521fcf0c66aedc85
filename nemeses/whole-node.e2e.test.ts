/**
 * Faults reach every process of a node, whatever it was that faultline started. The node tells it: no client is answered
 * while it is down or stopped, and its clock is what the fault says.
 */
import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import type { Measurements } from '../harness/api/nemesis.ts'
import type { FaultRecord } from '../harness/api/record.ts'
import { describeWith, missingLinuxRoot, PROJECT_ROOT } from '../harness/testing/capabilities.ts'
import { temporaryFolder } from '../harness/testing/command.ts'
import { expectKept, type Played, play } from '../harness/testing/play.ts'

const TARGET = path.join(PROJECT_ROOT, 'harness/testing/launchers-target.ts')
const VICTIM = { victims: 'one', order: ['n1'] }
const KILL = { ...VICTIM, signal: 'SIGKILL', pattern: 'at-once', uptimeMs: 700 }
const CLOCK = { ...VICTIM, mode: 'bump', offsetMs: 9000, ratePpm: 0, suspendMs: 0 }

/** Seconds, and what happens then. The second kill falls into the freeze. */
const PLAN = [
  [1, 1, 'kill-1', KILL],
  [3.5, 1, 'pause-1', { ...VICTIM, method: 'sigstop' }],
  [5.5, 1, 'clock-1', CLOCK],
  [7.5, 2.5, 'pause-2', { ...VICTIM, method: 'freezer' }],
  [8.5, 1.5, 'kill-2', KILL],
] as const

const lineOf = ([at, lasts, id, intent]: (typeof PLAN)[number]): string => {
  const nemesis = id.split('-')[0]
  const fault = { id, nemesis, model: nemesis, atNs: at * 1e9, durationNs: lasts * 1e9, intent }
  return JSON.stringify({ type: 'planned', fault })
}

/** How many operations were begun and completed while the fault was in force. The target has one node. */
const servedDuring = ({ record }: Played, { injectedAtNs = 0, healingAtNs = 0 }: FaultRecord): number =>
  record.pairs.filter(
    ({ invocation, completion }) =>
      completion?.type === 'ok' && invocation.timeNs > injectedAtNs && completion.timeNs < healingAtNs,
  ).length

const measured = ({ effects }: FaultRecord): Measurements => effects.at(-1)?.measurements ?? {}

describeWith(missingLinuxRoot(), 'all of a node', () => {
  it.concurrent.each([
    ['namespaces', 'shell', 2],
    ['namespaces', 'daemon', 1],
    ['namespaces', 'half-daemon', 2],
    ['namespaces', 'supervisor', 2],
    ['docker', 'daemon', 1],
    ['docker', 'supervisor', 2],
  ])('in %s is killed, stopped and skewed, behind a %s', async (environment, launcher, processes) => {
    using folder = temporaryFolder()
    const file = path.join(folder.path, 'faults.jsonl')
    fs.writeFileSync(file, ['{"schema":"faultline.faults/1"}', ...PLAN.map(lineOf), ''].join('\n'))
    const played = await play(
      [TARGET, '--env', environment, '--target-opts', `launcher=${launcher}`, '--faults', file],
      '--rate 300 --time-limit 11s --seed 1',
    )
    expectKept(played)
    const { faults } = played
    expect(faults.map(({ planned, effective }) => [planned.id, effective])).toEqual(
      PLAN.map(([, , id]) => [id, true]),
    )
    const [kill, stop, clock, freeze, killInFreeze] = faults as [
      FaultRecord,
      FaultRecord,
      FaultRecord,
      FaultRecord,
      FaultRecord,
    ]
    for (const down of [kill, stop, freeze, killInFreeze])
      expect(servedDuring(played, down), down.planned.id).toBe(0)
    expect(servedDuring(played, clock)).toBeGreaterThan(50)
    for (const each of [kill, killInFreeze])
      expect(measured(each)).toMatchObject({ killed: processes, gone: processes })
    expect(measured(clock)).toMatchObject({ processes, moved: processes })
    expect(Math.abs((measured(clock).toldOffsetMs as number) - 9000)).toBeLessThan(100)
    // The freeze ended when what was frozen was killed.
    const { stalledMs } = measured(freeze)
    expect(stalledMs).toBeGreaterThan(500)
    expect(stalledMs).toBeLessThan(2000)
  })
})
