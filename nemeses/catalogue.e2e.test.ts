/** Each fault of the catalogue on real clusters, judged by what it measurably did, and not only by the verdict. */
import { expect, it } from 'vitest'
import { describeWith, missingLinuxRoot } from '../harness/testing/capabilities.ts'
import { wallClockOffsetMs } from '../harness/testing/host.ts'
import { ETCD, expectKept, type Played, play, RAFT } from '../harness/testing/play.ts'

describeWith(missingLinuxRoot(), 'clock', () => {
  const OPTIONS = 'interval=1200ms,duration=1s,offset=60s'

  it('moves the clocks of raft nodes as asked, by their own functions and by their own word', async () => {
    const played = await play([
      ...RAFT,
      '-n',
      'clock',
      '--nemesis-opts',
      OPTIONS,
      '--time-limit',
      '20s',
      '--seed',
      '4',
    ])
    expectKept(played)
    const seen = new Set(played.effects.map(({ intent }) => intent.mode))
    for (const mode of ['bump', 'jump-back', 'drift', 'freeze', 'suspend']) expect([...seen]).toContain(mode)
    for (const { intent, last } of played.effects) {
      const { offsetMs, toldOffsetMs } = last.measurements as { offsetMs: number; toldOffsetMs?: number }
      if (intent.mode === 'bump') expect(offsetMs).toBe(intent.offsetMs)
      if (intent.mode === 'jump-back') expect(offsetMs).toBe(-(intent.offsetMs as number))
      // A status takes its time to come; the clock was read at some moment meanwhile.
      if (intent.mode !== 'strobe' && toldOffsetMs !== undefined)
        expect(Math.abs(toldOffsetMs - offsetMs), last.summary).toBeLessThan(400)
    }
  })

  it('skews what starts meanwhile', async () => {
    const options =
      'clock.modes=bump,clock.offset=60s,clock.interval=2s,clock.duration=3s,clock.gap=100ms,kill.interval=700ms,kill.duration=100ms,clock.victims=all,kill.victims=all'
    const played = await play([
      ...RAFT,
      '-n',
      'clock,kill',
      '--nemesis-opts',
      options,
      '--time-limit',
      '14s',
      '--seed',
      '9',
    ])
    const ofNemesis = (name: string) =>
      played.faults.filter(({ planned, effective }) => planned.nemesis === name && effective)
    // Those during which nodes were killed and were up again before the end.
    const across = ofNemesis('clock').filter((clock) =>
      ofNemesis('kill').some(
        (kill) =>
          (kill.injectedAtNs as number) > (clock.injectedAtNs as number) &&
          (kill.healedAtNs as number) + 50e6 < (clock.healedAtNs as number),
      ),
    )
    expect(across.length).toBeGreaterThan(0)
    const running = across.map(
      ({ effects }) => effects.at(-1)?.measurements as { processes: number; moved: number },
    )
    expect(running.some(({ processes }) => processes > 0)).toBe(true)
    for (const { processes, moved } of running) expect(moved).toBe(processes)
  })

  it('moves those of etcd, a static Go program, in containers', async () => {
    const played = await play([
      ...ETCD,
      '-n',
      'clock',
      '--nemesis-opts',
      OPTIONS,
      '--time-limit',
      '12s',
      '--seed',
      '6',
    ])
    expectKept(played)
    const bumps = played.effects.filter(({ intent }) => intent.mode === 'bump' || intent.mode === 'jump-back')
    expect(bumps.length).toBeGreaterThan(0)
    for (const { intent, last } of bumps)
      expect(Math.abs(last.measurements.offsetMs as number)).toBe(intent.offsetMs)
  })
})

describeWith(missingLinuxRoot(), 'partition', () => {
  it('cuts what it says and nothing else, as probed one way at a time', async () => {
    // None so short that it is not probed.
    const options = 'shapes=one+bridge+asymmetric-bridge+leader,interval=2500ms,duration=2s'
    const played = await play([
      ...RAFT,
      '-n',
      'partition',
      '--nemesis-opts',
      options,
      '--time-limit',
      '18s',
      '--seed',
      '8',
    ])
    expectKept(played)
    expect(played.effects.length).toBeGreaterThan(3)
    for (const { last } of played.effects) {
      const { cut, silent, open, heard } = last.measurements
      expect([silent, heard], last.summary).toEqual([cut, open])
      expect(cut).toBeGreaterThan(0)
      expect(open).toBeGreaterThan(0)
    }
  })
})

describeWith(missingLinuxRoot(), 'packet', () => {
  const OPTIONS =
    'interval=2500ms,duration=1500ms,victims=all,direction=two-way,delay=50ms,jitter=20ms,share=0.25'

  const expectHurt = ({ effects }: Played): void => {
    const modes = new Set(effects.map(({ intent }) => intent.mode))
    for (const mode of ['loss', 'duplicate', 'corrupt', 'reorder', 'delay', 'bandwidth'])
      expect([...modes]).toContain(mode)
    for (const { intent, last } of effects) {
      const { lossPercent, delayMs, lossPercentBefore } = last.measurements as Record<string, number>
      expect(lossPercentBefore).toBe(0)
      // Of 120 datagrams (three nodes) or 400: six standard deviations.
      if (intent.mode === 'loss' || intent.mode === 'corrupt')
        expect(Math.abs((lossPercent as number) - 25)).toBeLessThan(24)
      if (intent.mode === 'delay') expect(Math.abs((delayMs as number) - 50)).toBeLessThan(20)
      if (intent.mode === 'duplicate') expect(last.measurements.duplicated).toBeGreaterThan(0)
      if (intent.mode === 'reorder') expect(last.measurements.reordered).toBeGreaterThan(0)
      if (intent.mode === 'bandwidth') expect(last.measurements.delayed).toBeGreaterThan(0)
    }
  }

  it.each([
    ['raft in namespaces', RAFT],
    ['etcd in containers', ETCD],
  ])('hurts packets of %s, counted and probed', async (_, target) => {
    const played = await play([
      ...target,
      '-n',
      'packet',
      '--nemesis-opts',
      OPTIONS,
      '--time-limit',
      '20s',
      '--seed',
      '5',
    ])
    expectKept(played)
    expectHurt(played)
  })
})

describeWith(missingLinuxRoot(), 'memory, cpu, pause', () => {
  it.each([
    ['raft in namespaces', RAFT],
    ['etcd in containers', ETCD],
  ])('of %s grow scarce, by the counters of its cgroups', async (_, target) => {
    const options = 'interval=2500ms,duration=1500ms,pause.method=both'
    const played = await play([
      ...target,
      '-n',
      'memory,cpu,pause',
      '--nemesis-opts',
      options,
      '--time-limit',
      '15s',
      '--seed',
      '6',
    ])
    expectKept(played)
    const sum = (part: string): number =>
      played.effects.reduce((total, { last }) => total + Number(last.measurements[part] ?? 0), 0)
    expect(sum('hits')).toBeGreaterThan(10)
    expect(sum('throttledMs')).toBeGreaterThan(500)
    expect(sum('takenMs')).toBeGreaterThan(300)
    expect(sum('stalledMs')).toBeGreaterThan(2000)
  })

  it.each([
    ['raft in namespaces', RAFT],
    ['etcd in containers', ETCD],
  ])('%s stutters as well as stalls, by both means', async (_, target) => {
    const options = 'interval=1500ms,duration=1300ms,method=both,stutter=150ms'
    const played = await play([
      ...target,
      '-n',
      'pause',
      '--nemesis-opts',
      options,
      '--time-limit',
      '12s',
      '--seed',
      '6',
    ])
    expectKept(played)
    const stopsOf = (pattern: string): readonly number[] =>
      played.effects
        .filter(({ intent }) => intent.pattern === pattern)
        .map(({ last }) => last.measurements.stops as number)
    expect(stopsOf('stall').every((stops) => stops === 1)).toBe(true)
    expect(stopsOf('stutter').length).toBeGreaterThan(0)
    expect(Math.min(...stopsOf('stutter'))).toBeGreaterThan(1)
    expect(new Set(played.effects.map(({ intent }) => intent.method)).size).toBe(2)
  })

  it('raft killed by the kernel for want of memory is started again', async () => {
    const options = 'modes=oom,interval=2s,duration=1500ms,victims=one'
    const played = await play([
      ...RAFT,
      '-n',
      'memory',
      '--nemesis-opts',
      options,
      '--time-limit',
      '14s',
      '--seed',
      '2',
    ])
    expectKept(played)
    expect(played.effects.some(({ last }) => Number(last.measurements.killed) > 0)).toBe(true)
  })
})

describeWith(missingLinuxRoot(), 'kill', () => {
  it('ends etcd in containers, with the status told, and cuts it off, as probed', async () => {
    const options = 'interval=2500ms,duration=1s,kill.signals=SIGKILL+SIGTERM,partition.shapes=one+leader'
    const played = await play([
      ...ETCD,
      '-n',
      'kill,partition',
      '--nemesis-opts',
      options,
      '--time-limit',
      '14s',
      '--seed',
      '2',
    ])
    expectKept(played)
    const said = played.effects.map(({ last }) => last.summary).join('\n')
    expect(said).toMatch(/pid \d+.* of n\d.* gone by SIGKILL \(SIGKILL\); running again as pid \d+/)
    expect(said).toMatch(/gone by SIGTERM \((status \d+|SIGTERM)/)
    expect(said).toMatch(
      /[1-9]\d* packets dropped .*probed: 4 of 4 cut directions silent, 2 of 2 others open/,
    )
  })

  it('brings nodes back on older data or none, says so, and that raft does not claim to live with it', async () => {
    const options = 'data=rolled-back+newest-rolled-back+wiped,victims=one,interval=2500ms,duration=700ms'
    const played = await play([
      ...RAFT,
      '-n',
      'kill',
      '--nemesis-opts',
      options,
      '--time-limit',
      '16s',
      '--seed',
      '6',
    ])
    const said = played.effects.map(({ last }) => last.summary).join('\n')
    expect(said).toMatch(/[1-9] files of n\d wiped; running again/)
    expect(said).toMatch(/log of n\d as it was 1000 ms before/)
    expect(played.verdict.outsideClaims).toBe(true)
    expect(played.stderr).toContain('raft does not claim to live with data-loss')
  })
})

describeWith(missingLinuxRoot(), 'membership', () => {
  it('takes members out and in again under load and other faults, by the word of the cluster', async () => {
    const options = 'interval=3s,duration=1s'
    const played = await play([
      ...RAFT,
      '-n',
      'membership,partition,kill',
      '--nemesis-opts',
      options,
      '--time-limit',
      '20s',
      '--seed',
      '6',
    ])
    expectKept(played)
    const changed = played.effects.filter(({ last }) => last.measurements.changes !== undefined)
    expect(changed.length).toBeGreaterThan(2)
    // Out, as the leader says, and in again.
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

describeWith(missingLinuxRoot(), 'upgrade', () => {
  it('rolls raft to its other version and back, and gets settings wrong, under partitions', async () => {
    const options = 'interval=4s,duration=3s,partition.duration=1s'
    const played = await play([
      ...RAFT,
      '-n',
      'upgrade,partition',
      '--nemesis-opts',
      options,
      '--time-limit',
      '20s',
      '--seed',
      '6',
    ])
    expectKept(played)
    const said = played.effects.map(({ last }) => last.summary).join('\n')
    expect(said).toMatch(/n\d says version 1, runs with version=1; n\d says version 1, runs with version=1/)
    expect(said).toMatch(/^n\d runs with (election-timeout|max-entries|compact-every)=\d+$/m)
  })
})

describeWith(missingLinuxRoot(), 'dependency', () => {
  it('takes away what raft asks before each write: reads go on, writes are refused, nothing is broken', async () => {
    const options = 'interval=2s,duration=1s'
    const played = await play([
      ...RAFT,
      '--target-opts',
      'authority=true',
      '-n',
      'dependency',
      '--nemesis-opts',
      options,
      '--time-limit',
      '14s',
      '--seed',
      '3',
    ])
    expectKept(played)
    const said = played.effects.map(({ last }) => last.summary).join('\n')
    for (const what of [
      'gone: [1-9]\\d* packets of requests refused',
      'failing: [1-9]\\d* packets of requests reset',
      'hung: 1 of 1',
      'slow: [1-9]\\d* packets',
    ])
      expect(said).toMatch(new RegExp(`authority ${what}`))
    const statistics = played.verdict.verdicts.find(({ checker }) => checker === 'statistics')
    expect(JSON.stringify(statistics?.details)).toContain('not-allowed')
  })
})

describeWith(missingLinuxRoot(), 'all of it at once', () => {
  it.each([
    ['raft in namespaces', [...RAFT, '--target-opts', 'authority=true'], 13],
    ['etcd in containers', ETCD, 11],
  ])(
    'on %s: promises kept; the clock, firewall, routes, disks of the host as before',
    async (_, target, kinds) => {
      const clockBefore = wallClockOffsetMs()
      const options = 'interval=4s,duration=1500ms'
      const played = await play([
        ...target,
        '-n',
        'all',
        '--nemesis-opts',
        options,
        '--time-limit',
        '25s',
        '--seed',
        '3',
      ])
      expectKept(played)
      expect(new Set(played.faults.map(({ planned }) => planned.nemesis)).size).toBe(kinds)
      expect(played.effects.length).toBeGreaterThan(played.faults.length / 2)
      expect(Math.abs(wallClockOffsetMs() - clockBefore)).toBeLessThan(1000)
      const { impact } = played.verdict
      expect(impact?.recoveries.length).toBeGreaterThan(5)
      expect(Object.keys(impact?.coverage ?? {}).length).toBeGreaterThan(5)
    },
  )
})
