/**
 * Each fault of the catalogue on real clusters, judged by its measured effect and not only by the verdict. Faults that do
 * not disturb each other's measurements share a run.
 */
import { expect, it } from 'vitest'
import type { Effect } from '../harness/api/nemesis.ts'
import { describeWith, isFull, missingLinuxRoot } from '../harness/testing/capabilities.ts'
import {
  ETCD,
  effectsOf,
  expectKept,
  expectModes,
  type MeasuredFault,
  type Played,
  play,
  RAFT,
  summariesOf,
} from '../harness/testing/play.ts'

const PACKET_MODES = ['loss', 'duplicate', 'corrupt', 'reorder', 'delay', 'bandwidth']

/**
 * The word of a node proves the move of its clock only if it came quickly enough. The clock that drifts by a fifth has moved
 * by 0.2 s after a second.
 */
const couldTell = ({ last: { measurements } }: { last: Effect }): boolean => {
  const { offsetMs = 0, toldWithinMs = 0 } = measurements as Record<string, number>
  return offsetMs === 0 || Math.abs(offsetMs) > 2 * toldWithinMs + 2
}

const expectClocksMoved = (played: Played): void => {
  expectModes(played, 'clock', ['bump', 'jump-back', 'drift', 'freeze', 'suspend'], couldTell)
  for (const { intent, last } of effectsOf(played, 'clock')) {
    const { processes, offsetMs, toldOffsetMs, toldWithinMs } = last.measurements as Record<string, number>
    // An upgrade had its node down at the heal. That the fault was effective was measured before.
    if (processes === 0) continue
    if (intent.mode === 'bump') expect(offsetMs, last.summary).toBe(intent.offsetMs)
    if (intent.mode === 'jump-back') expect(offsetMs, last.summary).toBe(-(intent.offsetMs as number))
    // A node reads its clock at some moment between question and answer; one that moves goes on moving until it is read.
    if (intent.mode !== 'strobe' && toldOffsetMs !== undefined)
      expect(Math.abs(toldOffsetMs - Number(offsetMs)), last.summary).toBeLessThanOrEqual(
        3 * Number(toldWithinMs) + 2,
      )
  }
}

const expectLinksCut = (played: Played): void => {
  // Faults that were too short were not probed.
  const probed = effectsOf(played, 'partition').filter(({ last }) => last.measurements.cut !== undefined)
  expect(probed.length).toBeGreaterThan(1)
  for (const { last } of probed) {
    const { cut, silent, open, heard } = last.measurements
    expect([silent, heard], last.summary).toEqual([cut, open])
    expect(cut).toBeGreaterThan(0)
    expect(open).toBeGreaterThan(0)
  }
}

/** A limit of bandwidth has an effect only on a cluster that sends as much: not on one that just elects a leader. */
const sentEnough = ({ intent, last, inForceMs }: MeasuredFault): boolean => {
  if (intent.mode !== 'bandwidth') return true
  const bytesPerMs = Number(intent.kbitPerS) / 8
  return Number(last.measurements.bytes) > (bytesPerMs * inForceMs) / 2
}

const expectPacketsHurt = (played: Played): void => {
  expectModes(played, 'packet', PACKET_MODES, sentEnough)
  const hurt = effectsOf(played, 'packet')
  for (const { intent, last } of hurt) {
    const { lossPercent, lossPercentBefore } = last.measurements as Record<string, number>
    expect(lossPercentBefore).toBe(0)
    // Of 120 datagrams (three nodes) or 400: six standard deviations.
    if (intent.mode === 'loss' || intent.mode === 'corrupt')
      expect(Math.abs((lossPercent as number) - 25)).toBeLessThan(24)
    // A busy machine makes delays longer, but not all of them.
    if (intent.mode === 'delay') {
      expect(last.measurements.leastDelayMs).toBeGreaterThan(50 - 20 - 1)
      expect(last.measurements.leastDelayMs).toBeLessThan(50 + 20)
    }
    if (intent.mode === 'duplicate') expect(last.measurements.duplicated).toBeGreaterThan(0)
    if (intent.mode === 'reorder') expect(last.measurements.reordered).toBeGreaterThan(0)
    if (intent.mode === 'bandwidth') expect(last.measurements.delayed).toBeGreaterThan(0)
  }
}

/** Something was sent meanwhile. */
const lasted = ({ inForceMs }: { inForceMs: number }): boolean => inForceMs > 500

const PACKETS =
  'interval=2s,duration=1500ms,packet.victims=all,packet.direction=two-way,packet.delay=50ms,packet.jitter=20ms,packet.share=0.25'

describeWith(missingLinuxRoot(), 'on raft in namespaces', () => {
  it('clocks move as asked, links are cut as said and no others, versions and settings change', async () => {
    const options =
      'clock.interval=1200ms,clock.duration=1s,clock.offset=60s,partition.shapes=one+bridge+asymmetric-bridge+leader,partition.interval=2500ms,partition.duration=2s,upgrade.interval=4s,upgrade.duration=3s'
    const played = await play(
      RAFT,
      `-n clock,partition,upgrade --nemesis-opts ${options} --time-limit 24s --seed 4`,
    )
    expectKept(played)
    expectClocksMoved(played)
    expectLinksCut(played)
    expectModes(played, 'upgrade', ['roll', 'mistake'])
    const said = (mode: string): readonly string[] =>
      effectsOf(played, 'upgrade').flatMap(({ intent, last }) => (intent.mode === mode ? [last.summary] : []))
    expect(said('roll').join('\n')).toMatch(/n\d says version 1, runs with version=1/)
    for (const summary of said('mistake'))
      expect(summary).toMatch(/^n\d runs with (election-timeout|max-entries|compact-every)=\d+$/)
  })

  it('packets, connections and a service that raft asks before each write are hurt, each counted', async () => {
    const target = [...RAFT, '--target-opts', 'authority=true']
    const played = await play(
      target,
      `-n packet,connection,dependency --nemesis-opts ${PACKETS} --time-limit 24s --seed 2`,
    )
    expectKept(played)
    expectPacketsHurt(played)
    expectModes(played, 'connection', ['reset', 'black-hole', 'lost-replies'], lasted)
    for (const said of summariesOf(played, 'connection').split('\n'))
      expect(said).toMatch(
        /^[1-9]\d* packets .*(connections reset|connections never answered|of replies lost), between n\d/,
      )
    expectModes(played, 'dependency', ['gone', 'failing', 'hung', 'slow'], lasted)
    for (const said of summariesOf(played, 'dependency').split('\n'))
      expect(said).toMatch(
        /authority (gone: [1-9]\d* packets of requests refused|failing: [1-9]\d* packets of requests reset|hung: 1 of 1|slow: [1-9]\d* packets)/,
      )
    // Reads go on, writes are refused.
    const statistics = played.verdict.verdicts.find(({ checker }) => checker === 'statistics')
    expect(JSON.stringify(statistics?.details)).toContain('not-allowed')
  })

  it('old data or none comes back: the run reports it, and that raft does not claim to tolerate it', async () => {
    const options = 'data=rolled-back+newest-rolled-back+wiped,victims=one,interval=2s,duration=700ms'
    const played = await play(RAFT, `-n kill --nemesis-opts ${options} --time-limit 10s --seed 6`)
    const said = summariesOf(played, 'kill')
    expect(said).toMatch(/[1-9] files of n\d wiped; running again/)
    expect(said).toMatch(/log of n\d as it was 1000 ms before/)
    expect(played.verdict.outsideClaims).toBe(true)
    expect(played.stderr).toContain('raft does not claim to tolerate data-loss')
  })

  it('members go and come back under load and other faults, as the cluster reports', async () => {
    const options =
      'interval=6s,duration=1s,membership.interval=2500ms,partition.shapes=one,kill.victims=one,membership.victims=one+leader'
    const played = await play(
      RAFT,
      `-n membership,partition,kill --nemesis-opts ${options} --time-limit 20s --seed 6`,
    )
    expectKept(played)
    const changed = effectsOf(played, 'membership').filter(
      ({ last }) => last.measurements.changes !== undefined,
    )
    expect(changed.length).toBeGreaterThan(0)
    // Removed, as the leader reports, and added again.
    const replaced = changed.flatMap(({ last }) => {
      const found = /^remove (n\d), add \1; members ([^|]*) \| ([^|]*) \| ([^;]*)/.exec(last.summary)
      return found === null ? [] : [found.slice(1) as [string, string, string, string]]
    })
    expect(replaced.length).toBeGreaterThan(0)
    for (const [member, before, between, after] of replaced) {
      expect([before.includes(member), between.includes(member), after.includes(member)]).toEqual([
        true,
        false,
        true,
      ])
    }
    for (const { last } of changed)
      for (const list of last.summary.matchAll(/(?:members|\|) ((?:n\d ?)+)/g))
        expect((list[1] as string).trim().split(' ').length).toBeGreaterThanOrEqual(3)
  })
})

describeWith(missingLinuxRoot(), 'on etcd in containers', () => {
  it('the clocks of a static Go program move, and disks are slow, as a process beside each victim feels', async () => {
    const options =
      'clock.interval=1200ms,clock.duration=1s,clock.offset=60s,io.interval=3s,io.duration=2500ms'
    const played = await play(ETCD, `-n clock,io --nemesis-opts ${options} --time-limit 12s --seed 4`)
    expectKept(played)
    const bumps = effectsOf(played, 'clock').filter(
      ({ intent }) => intent.mode === 'bump' || intent.mode === 'jump-back',
    )
    expect(bumps.length).toBeGreaterThan(0)
    for (const { intent, last } of bumps)
      expect(Math.abs(last.measurements.offsetMs as number)).toBe(intent.offsetMs)
    const limited = effectsOf(played, 'io')
    expect(limited.length).toBeGreaterThan(0)
    for (const { last } of limited)
      expect(last.measurements.duringMs).toBeGreaterThan(3 * Number(last.measurements.beforeMs))
  })

  if (isFull)
    it('packets are hurt, counted and probed', async () => {
      const played = await play(ETCD, `-n packet --nemesis-opts ${PACKETS} --time-limit 24s --seed 5`)
      expectKept(played)
      expectPacketsHurt(played)
    })
})

describeWith(missingLinuxRoot(), 'memory and processors grow scarce, nodes stall and stutter', () => {
  it.each([
    ['raft in namespaces', RAFT],
    ['etcd in containers', ETCD],
  ])('%s, by the counters of its cgroups', async (_, target) => {
    const options =
      'interval=2500ms,duration=1500ms,pause.interval=1500ms,pause.duration=1200ms,pause.method=both,pause.stutter=150ms'
    const played = await play(
      target,
      `-n memory,cpu,pause --nemesis-opts ${options} --time-limit 13s --seed 4`,
    )
    expectKept(played)
    const sum = (part: string): number =>
      played.effects.reduce((total, { last }) => total + Number(last.measurements[part] ?? 0), 0)
    expect(sum('hits')).toBeGreaterThan(10)
    expect(sum('throttledMs')).toBeGreaterThan(100)
    expect(sum('takenMs')).toBeGreaterThan(100)
    expect(sum('stalledMs')).toBeGreaterThan(1000)
    // Killed by the kernel because of a lack of memory, and started again.
    expect(sum('killed')).toBeGreaterThan(0)
    const stopsOf = (pattern: string): readonly number[] =>
      effectsOf(played, 'pause')
        .filter(({ intent }) => intent.pattern === pattern)
        .map(({ last }) => last.measurements.stops as number)
    // A node that the kernel killed meanwhile was not stopped at the end.
    expect(Math.max(...stopsOf('stall'))).toBe(1)
    expect(Math.max(...stopsOf('stutter'))).toBeGreaterThan(1)
    expect(new Set(effectsOf(played, 'pause').map(({ intent }) => intent.method)).size).toBe(2)
  })
})

describeWith(missingLinuxRoot(), 'all of it at once', () => {
  it.each([
    ['raft in namespaces', [...RAFT, '--target-opts', 'authority=true'], 14],
    ['etcd in containers', ETCD, 12],
  ])(
    'on %s: promises kept; the clock, firewall, routes, disks of the host as before',
    async (_, target, kinds) => {
      const played = await play(target, '-n all --time-limit 30s --seed 3')
      expectKept(played)
      expect(new Set(played.faults.map(({ planned }) => planned.nemesis)).size).toBe(kinds)
      const made = played.faults.filter(({ injectedAtNs }) => injectedAtNs !== undefined)
      expect(new Set(made.map(({ planned }) => planned.nemesis)).size).toBeGreaterThan(kinds / 3)
      expect(played.effects.length).toBeGreaterThan(made.length / 2)
      const { impact, counts } = played.verdict
      expect(counts.ok).toBeGreaterThan(1000)
      expect(impact?.recoveries.length).toBeGreaterThan(3)
      expect(Object.keys(impact?.coverage ?? {}).length).toBeGreaterThan(3)
    },
  )
})
