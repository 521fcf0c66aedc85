/** Disks that fail under real clusters, and what a power loss takes from whom. */
import fs from 'node:fs'
import { expect, it } from 'vitest'
import type { Effect } from '../harness/api/nemesis.ts'
import { sleep } from '../harness/support/wait.ts'
import { describeWith, missingLinuxRoot } from '../harness/testing/capabilities.ts'
import { start, temporaryFolder } from '../harness/testing/command.ts'
import { hostBaseline, leftovers } from '../harness/testing/host.ts'
import { ETCD, expectKept, type Played, play, RAFT } from '../harness/testing/play.ts'

const readIfThere = (file: string): string => {
  try {
    return fs.readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}

describeWith(missingLinuxRoot(), 'disk', () => {
  const OPTIONS = 'interval=1500ms,duration=800ms,probability=0.5'

  it('slows, stalls, fails, fills and tears the disks of raft nodes, and takes their power', async () => {
    const played = await play([
      ...RAFT,
      '-n',
      'disk',
      '--nemesis-opts',
      OPTIONS,
      '--time-limit',
      '22s',
      '--seed',
      '5',
    ])
    expectKept(played)
    const lastOf = (mode: string): Effect | undefined =>
      played.effects.find(({ intent }) => intent.mode === mode)?.last
    for (const mode of ['errors', 'full', 'short', 'torn'])
      expect(lastOf(mode)?.measurements.failed, mode).toBeGreaterThan(0)
    for (const mode of ['latency', 'stall'])
      expect(lastOf(mode)?.measurements.delayed, mode).toBeGreaterThan(0)
    expect(lastOf('latency')?.measurements.fsyncMeanMs).toBeGreaterThan(10)
    expect(lastOf('power-loss')?.summary).toMatch(/^pid \d+.* killed; power lost/)
  })

  it('raft that does not fsync is found out by power loss, and not by kills alone', async () => {
    const bug = [...RAFT, '--bug', 'no-fsync', '--time-limit', '12s', '--seed', '2']
    const options = 'modes=power-loss,survival=nothing,victims=all+majority,interval=2s,duration=400ms'
    const lost = await play([...bug, '-n', 'disk', '--nemesis-opts', options])
    expect(lost.verdict.status).toBe('invalid')
    expect(lost.effects.some(({ last }) => (last.measurements.bytes as number) > 0)).toBe(true)
    expectKept(
      await play([...bug, '-n', 'kill', '--nemesis-opts', 'victims=all+majority,interval=2s,duration=400ms']),
    )
  })

  it('refuses to start on a damaged log, and says so', async () => {
    const options = 'modes=bit-flip,file=^log$,victims=one,interval=4s,duration=1s'
    const played = await play([
      ...RAFT,
      '-n',
      'disk',
      '--nemesis-opts',
      options,
      '--time-limit',
      '10s',
      '--seed',
      '1',
      '--recovery-timeout',
      '3s',
    ])
    expect(played.effects[0]?.last.summary).toMatch(/bit \d of byte \d+ of log flipped/)
    // Damage to what is stored is beyond what raft promises to live with; it must not answer wrongly all the same.
    expect(played.verdict.outsideClaims).toBe(true)
    expect(played.verdict.verdicts[0]?.status).toBe('valid')
  })

  it('etcd in containers keeps its promises on such disks', async () => {
    const played = await play([
      ...ETCD,
      '-n',
      'disk',
      '--nemesis-opts',
      'interval=2s,duration=1s',
      '--time-limit',
      '20s',
      '--seed',
      '6',
    ])
    expectKept(played)
    expect(played.effects.length).toBeGreaterThan(5)
    expect(played.effects.some(({ last }) => (last.measurements.bytes as number) > 0)).toBe(true)
  })

  const redis = (appendfsync: string): Promise<Played> =>
    play([
      ...[
        'redis',
        '--env',
        'namespaces',
        '-w',
        'set',
        '--target-opts',
        `appendfsync=${appendfsync}`,
        '--rate',
        '500',
      ],
      ...['-n', 'disk', '--nemesis-opts', 'modes=power-loss,survival=nothing,interval=3s,duration=400ms'],
      ...['--time-limit', '10s', '--seed', '2'],
    ])
  const setOf = ({ verdict }: Played) => verdict.verdicts.find(({ checker }) => checker === 'set')

  it('redis with appendfsync no loses what it acknowledged, which it does not claim to keep', async () => {
    const played = await redis('no')
    expect(setOf(played)?.status).toBe('invalid')
    expect(setOf(played)?.details.lost).toBeGreaterThan(100)
    expect(played.verdict).toMatchObject({ status: 'unknown', outsideClaims: true })
  })

  it('redis with appendfsync always loses nothing', async () => {
    const played = await redis('always')
    expectKept(played)
    expect(setOf(played)?.details).toMatchObject({ lost: 0 })
    expect(setOf(played)?.details.acknowledged).toBeGreaterThan(500)
  })

  it('one of ours that fails by itself ends the run: nothing is said of the cluster', async () => {
    using folder = temporaryFolder()
    const before = hostBaseline()
    const running = start([
      'run',
      ...RAFT,
      '-n',
      'disk',
      '--time-limit',
      '10s',
      '--seed',
      '1',
      '--out',
      folder.path,
    ])
    await sleep(5000)
    const servers = fs
      .readdirSync('/proc')
      .filter((pid) => /^\d+$/.test(pid))
      .filter((pid) => readIfThere(`/proc/${pid}/cmdline`).includes('disk/server'))
    expect(servers).toHaveLength(5)
    process.kill(Number(servers[0]), 'SIGKILL')
    const { exitCode, stderr } = await running
    expect(exitCode).toBe(254)
    expect(stderr).toMatch(/The harness's own disk of n\d failed .*says nothing about the cluster/)
    expect(await leftovers(before)).toEqual([])
  })
})
