/** Disks that fail under real clusters, and which clusters lose data in a power loss. */
import { expect, it } from 'vitest'
import type { Effect } from '../harness/api/nemesis.ts'
import { waitUntil } from '../harness/support/wait.ts'
import { describeWith, missingLinuxRoot } from '../harness/testing/capabilities.ts'
import { start, temporaryFolder } from '../harness/testing/command.ts'
import { hostBaseline } from '../harness/testing/host.ts'
import { leftovers, processesOf } from '../harness/testing/leftovers.ts'
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

const MODES = ['latency', 'stall', 'errors', 'full', 'short', 'torn', 'power-loss']
/** Entries of Raft are small: so many fit into what is left of the last page, and need no more room on a full disk. */
const FIT_INTO_A_PAGE = 50
/** A cluster that elects a leader meanwhile may hardly use a disk; then its trouble meets nothing. */
const metOperations = ({ intent, last }: MeasuredFault): boolean =>
  Number(last.measurements.operations) > (intent.mode === 'full' ? FIT_INTO_A_PAGE : 0)
/** Guards against hanging only. */
const SERVED_TIMEOUT_MS = 120_000

describeWith(missingLinuxRoot(), 'disk', () => {
  it('slows, stalls, fails, fills and tears the disks of raft nodes, and takes their power', async () => {
    const options = 'interval=1500ms,duration=800ms,probability=1,steps=any'
    const played = await play(RAFT, `-n disk --nemesis-opts ${options} --time-limit 15s --seed 5`)
    expectKept(played)
    expectModes(played, 'disk', MODES, metOperations)
    const lastOf = (...modes: string[]): readonly Effect[] =>
      effectsOf(played, 'disk').flatMap(({ intent, last }) =>
        modes.includes(String(intent.mode)) ? [last] : [],
      )
    for (const { measurements, summary } of lastOf('errors', 'full', 'short', 'torn'))
      expect(measurements.failed, summary).toBeGreaterThan(0)
    for (const { measurements, summary } of lastOf('latency', 'stall'))
      expect(measurements.delayed, summary).toBeGreaterThan(0)
    for (const { measurements } of lastOf('latency')) expect(measurements.fsyncMeanMs).toBeGreaterThan(10)
    for (const { summary } of lastOf('power-loss'))
      expect(summary).toMatch(/^pid \d+.* killed( before an? (write|fsync) of .+)?; power lost/)
  })

  it.each(['write', 'fsync'])('takes the power of a node, or kills it, before a %s', async (step) => {
    const options = `disk.modes=power-loss,disk.steps=${step},kill.steps=${step},interval=3s,duration=400ms`
    const played = await play(
      RAFT,
      `-n disk,kill --nemesis-opts ${options} --rate 300 --time-limit 12s --seed 1`,
    )
    expectKept(played)
    for (const nemesis of ['disk', 'kill'])
      expect(summariesOf(played, nemesis)).toMatch(new RegExp(` before an? ${step} of n\\d`))
  })

  it('raft that does not fsync is found out by power loss, and not by kills alone', async () => {
    // Between two faults the cluster has time to elect a leader and to serve.
    const options = 'victims=all+majority,interval=4s,duration=400ms'
    const bug = (flags: string): Promise<Played> =>
      play([...RAFT, '--bug', 'no-fsync'], `${flags},${options} --time-limit 16s --seed 2`)
    const lost = await bug('-n disk --nemesis-opts modes=power-loss,survival=nothing')
    expect(lost.verdict.status).toBe('invalid')
    expect(
      lost.verdict.verdicts.some(({ status, evidence }) => status === 'invalid' && evidence.length > 0),
    ).toBe(true)
    expect(lost.effects.some(({ last }) => (last.measurements.bytes as number) > 0)).toBe(true)
    expectKept(await bug('-n kill --nemesis-opts signals=SIGKILL'))
  })

  it('refuses to start on a damaged log, and says so', async () => {
    const options = 'modes=bit-flip,file=^log$,victims=one,interval=2s,duration=1s'
    const played = await play(
      RAFT,
      `-n disk --nemesis-opts ${options} --time-limit 5s --seed 1 --recovery-timeout 3s`,
    )
    expect(played.effects[0]?.last.summary).toMatch(/bit \d of byte \d+ of log flipped/)
    // Raft does not promise to tolerate damaged files, but it must still not answer wrongly.
    expect(played.verdict.outsideClaims).toBe(true)
    expect(played.verdict.verdicts[0]?.status).toBe('valid')
  })

  it('rates of disks that are served by us are limited, as a process beside each victim feels it', async () => {
    const options = 'io.interval=3s,io.duration=2500ms,disk.modes=latency,disk.interval=8s'
    const played = await play(RAFT, `-n io,disk --nemesis-opts ${options} --time-limit 11s --seed 4`)
    expectKept(played)
    const limited = effectsOf(played, 'io')
    expectModes(played, 'io', ['operations', 'bandwidth'])
    for (const { last } of limited) {
      const { slowed, beforeMs, duringMs } = last.measurements as Record<string, number>
      expect(slowed).toBeGreaterThan(0)
      expect(duringMs).toBeGreaterThan(3 * Number(beforeMs))
    }
  })

  it('etcd in containers keeps its promises on such disks', async () => {
    const played = await play(
      ETCD,
      // Only before an fsync is it certain that something was written that a power loss can take.
      '-n disk --nemesis-opts interval=1500ms,duration=1s,probability=1,steps=fsync,survival=nothing --time-limit 14s --seed 5',
    )
    expectKept(played)
    // etcd reserves the space of its log beforehand, so that it may not even notice that its disk is full.
    expectModes(
      played,
      'disk',
      MODES,
      (fault) => metOperations(fault) && (fault.intent.mode !== 'full' || fault.last.effective),
    )
    // The fsync may be of a file or of a directory.
    const lost = ({ last: { measurements } }: (typeof played.effects)[number]): number =>
      Number(measurements.bytes ?? 0) + Number(measurements.directoryOperations ?? 0)
    expect(Math.max(...played.effects.map(lost))).toBeGreaterThan(0)
  })

  const redis = (appendfsync: string): Promise<Played> =>
    play(
      ['redis', '--env', 'namespaces', '-w', 'set', '--target-opts', `appendfsync=${appendfsync}`],
      '--rate 500 -n disk --nemesis-opts modes=power-loss,survival=nothing,interval=3s,duration=400ms --time-limit 9s --seed 2',
    )
  const setOf = ({ verdict }: Played) => verdict.verdicts.find(({ checker }) => checker === 'set')

  it('redis with appendfsync no loses what it acknowledged, which it does not claim to keep', async () => {
    const played = await redis('no')
    expect(setOf(played)?.status, setOf(played)?.summary).toBe('invalid')
    expect(setOf(played)?.details.lost).toBeGreaterThan(100)
    expect(played.verdict).toMatchObject({ status: 'unknown', outsideClaims: true })
  })

  it('redis with appendfsync always loses nothing', async () => {
    const played = await redis('always')
    expectKept(played)
    expect(setOf(played)?.details).toMatchObject({ lost: 0 })
    expect(setOf(played)?.details.acknowledged).toBeGreaterThan(200)
  })

  it('a disk of the harness that fails by itself ends the run, without a statement about the cluster', async () => {
    using folder = temporaryFolder()
    const before = hostBaseline()
    const flags = '-n disk --time-limit 10s --seed 1 --out'.split(' ')
    const running = start(['run', ...RAFT, ...flags, folder.path])
    let told = ''
    running.stderr.on('data', (text: Buffer) => {
      told += text.toString()
    })
    // Only after its node has written to it.
    expect(await waitUntil(() => / {2}running {2}/.test(told), SERVED_TIMEOUT_MS, 50), told).toBe(true)
    const servers = processesOf({ folder: folder.path }).filter(({ commandLine }) =>
      commandLine.includes('disk/server'),
    )
    expect(servers).toHaveLength(5)
    process.kill((servers[0] as { readonly pid: number }).pid, 'SIGKILL')
    const { exitCode, stderr } = await running
    expect(exitCode).toBe(254)
    expect(stderr).toMatch(/The harness's own disk of n\d failed .*says nothing about the cluster/)
    expect(await leftovers(before, folder.path)).toEqual([])
  })
})
