/** Rate limits of disks, felt by a process beside each victim. */
import { expect, it } from 'vitest'
import { describeWith, missingLinuxRoot } from '../harness/testing/capabilities.ts'
import { ETCD, expectKept, play, RAFT } from '../harness/testing/play.ts'

describeWith(missingLinuxRoot(), 'io', () => {
  it.each([
    ['raft in namespaces', RAFT, 'io', ''],
    ['raft on disks served by us', RAFT, 'io,disk', ',disk.modes=latency,disk.interval=8s'],
    ['etcd in containers', ETCD, 'io', ''],
  ])('of %s is limited, as a process beside each victim feels it', async (_, target, mixed, more) => {
    const options = `io.interval=3s,io.duration=2500ms${more}`
    const played = await play([
      ...target,
      '-n',
      mixed,
      '--nemesis-opts',
      options,
      '--time-limit',
      '14s',
      '--seed',
      '4',
    ])
    expectKept(played)
    const limited = played.effects.filter(({ nemesis }) => nemesis === 'io')
    expect(new Set(limited.map(({ intent }) => intent.mode)).size).toBe(2)
    for (const { last } of limited) {
      const { slowed, beforeMs, duringMs } = last.measurements as Record<string, number>
      expect(slowed).toBeGreaterThan(0)
      expect(duringMs).toBeGreaterThan(3 * Number(beforeMs))
    }
  })
})
