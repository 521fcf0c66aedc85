/** Real runs of the bundled cluster: five processes with real sockets, disks and faults. */
import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import type { FaultRecord } from '../../harness/api/record.ts'
import { loadRun } from '../../harness/store/run-store.ts'
import { describeWith, missingLinuxRoot } from '../../harness/testing/capabilities.ts'
import { itHasCard } from '../../harness/testing/cards.ts'
import { itCatches } from '../../harness/testing/caught.ts'
import { run, temporaryFolder } from '../../harness/testing/command.ts'
import { hostBaseline } from '../../harness/testing/host.ts'
import { leftovers } from '../../harness/testing/leftovers.ts'
import { effectsOf, expectKept, play, RAFT } from '../../harness/testing/play.ts'
import { bugs } from './bugs/bugs.ts'

/**
 * Bugs that show in nearly every run: those of the short form. The long form looks for all, with three seeds each.
 * Two more are caught elsewhere: `stale-read` by the demo and the report's test, `no-fsync` by the disks' test.
 */
const SURE = new Set([
  'ack-before-replication',
  'retry-applied-twice',
  'txn-reads-early',
  'counter-outside-log',
  'key-per-attempt',
])

/** Made while the other was in force, and healed before it was. */
const isWithin = (inner: FaultRecord, outer: FaultRecord): boolean =>
  inner.injectedAtNs !== undefined &&
  outer.injectedAtNs !== undefined &&
  inner.injectedAtNs > outer.injectedAtNs &&
  (inner.healedAtNs ?? Number.POSITIVE_INFINITY) + 50e6 < (outer.healedAtNs ?? 0)

describeWith(missingLinuxRoot(), 'the bundled Raft cluster', () => {
  it('keeps its promises, records what each fault did and what the nodes said, and leaves the host as it was', async () => {
    using folder = temporaryFolder()
    const before = hostBaseline()
    const options =
      'kill.victims=leader,pause.victims=leader,pause.method=freezer,partition.shapes=leader,interval=3s,duration=1500ms'
    const { verdict, exitCode } = await run(folder.path, [
      ...RAFT,
      ...`-n partition,kill,pause --nemesis-opts ${options} --time-limit 14s --seed 5`.split(' '),
    ])
    expect(verdict).toMatchObject({ status: 'valid' })
    expect(exitCode).toBe(0)
    expect(verdict.faults.effective).toBeGreaterThan(3)
    expect(verdict.counts.ok).toBeGreaterThan(200)
    const { record } = loadRun(verdict.runDir)
    expect(record.facts?.leaderChanges.length).toBeGreaterThanOrEqual(3)
    const summaries = (record.faults ?? [])
      .filter(({ effective }) => effective)
      .map(
        ({ planned, effects }) => `${planned.nemesis}: ${effects.map(({ summary }) => summary).join('; ')}`,
      )
      .join('\n')
    expect(summaries).toMatch(/^partition: .*[1-9]\d* packets dropped/m)
    expect(summaries).toMatch(
      /^kill: .*pid \d+ of n\d gone by SIGKILL \(SIGKILL\); running again as pid \d+/m,
    )
    expect(summaries).toMatch(/^pause: .*in FROZEN/m)
    const statuses = (record.samples ?? []).map(({ status }) => status).filter((status) => status !== null)
    expect(
      statuses.some(
        ({ role, term, digest }) => role === 'leader' && term !== undefined && digest !== undefined,
      ),
    ).toBe(true)
    for (const node of ['n1', 'n2', 'n3', 'n4', 'n5']) {
      expect(fs.readFileSync(path.join(verdict.runDir, 'nodes', node, 'raft.log'), 'utf8')).toContain(
        `${node} starts`,
      )
    }
    expect(await leftovers(before, folder.path)).toEqual([])
  })

  it('survives rolling restarts and crash loops, by SIGTERM too, on skewed clocks and slow disks', async () => {
    const options =
      'kill.patterns=rolling+crash-loop,kill.signals=SIGKILL+SIGTERM,kill.victims=minority,kill.interval=3s,kill.duration=3s,clock.modes=bump,clock.interval=6s,clock.duration=6s,clock.victims=all,io.interval=3s,io.duration=2500ms'
    const played = await play(RAFT, `-n kill,clock,io --nemesis-opts ${options} --time-limit 16s --seed 7`)
    expectKept(played)
    const kills = played.faults.filter(({ planned, healedAtNs }) => planned.nemesis === 'kill' && healedAtNs)
    const restarts = kills.map(({ planned, victims, effects }) => ({
      ...planned.intent,
      count: victims.length,
      ...effects.at(-1)?.measurements,
    })) as unknown as readonly {
      pattern: string
      signal: string
      count: number
      killed: number
      restarted: number
    }[]
    expect(new Set(restarts.map(({ pattern }) => pattern))).toEqual(new Set(['rolling', 'crash-loop']))
    expect(new Set(restarts.map(({ signal }) => signal))).toEqual(new Set(['SIGKILL', 'SIGTERM']))
    for (const { pattern, count, killed, restarted } of restarts) {
      if (pattern === 'rolling') expect(killed).toBe(count)
      else expect(killed).toBeGreaterThan(count)
      expect(restarted).toBe(count)
    }
    // What starts meanwhile is skewed as well.
    const clocks = played.faults.filter(
      (fault) => fault.planned.nemesis === 'clock' && kills.some((kill) => isWithin(kill, fault)),
    )
    expect(clocks.length).toBeGreaterThan(0)
    for (const { effects } of clocks) {
      const measured = effects.at(-1)?.measurements
      expect(measured?.processes).toBeGreaterThan(0)
      expect(measured?.moved).toBe(measured?.processes)
    }
    const limited = effectsOf(played, 'io')
    expect(limited.length).toBeGreaterThan(0)
    for (const { last } of limited)
      expect(last.measurements.duringMs).toBeGreaterThan(3 * Number(last.measurements.beforeMs))
  })

  it('lives with links that flap, and with a group of clients cut from a node while the others are not', async () => {
    const options =
      'flapping=200ms,interval=2500ms,duration=2s,shapes=random-halves+clients,direction=two-way'
    const played = await play(RAFT, `-n partition --nemesis-opts ${options} --time-limit 9s --seed 4`)
    expectKept(played)
    const cuts = effectsOf(played, 'partition')
    expect(new Set(cuts.map(({ intent }) => intent.shape))).toEqual(new Set(['clients', 'random-halves']))
    for (const { last } of cuts) expect(last.measurements.packets).toBeGreaterThan(0)
    expect(Math.max(...cuts.map(({ last }) => Number(last.measurements.flaps)))).toBeGreaterThan(1)
    const fault = played.faults.find(
      ({ planned, effective }) => effective && planned.intent.shape === 'clients',
    )
    if (fault === undefined) throw new Error('no group of clients was cut')
    expect(fault.victims).toHaveLength(1)
    // The control path is never cut: the victim's status is sampled throughout.
    const during = (played.record.samples ?? []).filter(
      ({ node, timeNs }) =>
        node === fault.victims[0] && timeNs > (fault.injectedAtNs ?? 0) && timeNs < (fault.healedAtNs ?? 0),
    )
    expect(during.length).toBeGreaterThan(2)
    // A single late answer is noise; a path that is cut gives none at all.
    expect(during.filter(({ status }) => status !== null).length).toBeGreaterThan(during.length / 2)
  })

  itHasCard('raft', { grade: 'strong' })
  itCatches('raft', bugs, [...SURE])
})
