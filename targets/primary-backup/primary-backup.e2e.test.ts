/** Real runs of the bundled primary and its backups: five processes with real sockets, disks and faults. */
import { expect, it } from 'vitest'
import { describeWith, isFull, missingLinuxRoot } from '../../harness/testing/capabilities.ts'
import { itHasCard } from '../../harness/testing/cards.ts'
import { itCatches } from '../../harness/testing/caught.ts'
import { expectKept, play, summariesOf } from '../../harness/testing/play.ts'
import { bugs } from './bugs/bugs.ts'

const PRIMARY_BACKUP = ['primary-backup', '--env', 'namespaces']

/** A bug that shows in nearly every run: that of the short form. The long form looks for all, with three seeds each. */
const SURE = 'view-not-durable'

describeWith(missingLinuxRoot(), 'the bundled primary and its backups', () => {
  it('keep their promises through partitions, kills, pauses and power losses, and views change', async () => {
    const options =
      'partition.shapes=leader+leader-minority,kill.victims=leader,pause.victims=leader,disk.modes=power-loss,disk.survival=nothing,disk.victims=all,interval=4500ms,duration=1200ms'
    const flags = `-n partition,kill,pause,disk --nemesis-opts ${options} --target-opts compact-every=50 --time-limit 14s --seed 5`
    const played = await play(PRIMARY_BACKUP, flags)
    expectKept(played)
    expect(played.verdict.counts.ok).toBeGreaterThan(200)
    const statuses = (played.record.samples ?? []).map(({ status }) => status)
    const views = new Set(statuses.flatMap((status) => (status?.role === 'leader' ? [status.term] : [])))
    expect(views.size).toBeGreaterThanOrEqual(3)
    for (const nemesis of ['partition', 'kill', 'pause', 'disk'])
      expect(summariesOf(played, nemesis), nemesis).not.toBe('')
    const compacted = statuses.filter((status) => (status?.snapshotIndex ?? 0) > 0)
    expect(compacted.length).toBeGreaterThan(0)
  })

  it('with a view service, and nodes that say when their answers may be old', async () => {
    const options = 'shapes=leader+one,direction=two-way,interval=2500ms,duration=1500ms'
    const targetOptions = 'failover=view-service,minority=serve-stale-and-say-so'
    const flags = `-n partition --nemesis-opts ${options} --target-opts ${targetOptions} --time-limit 7s --seed 3`
    const played = await play(PRIMARY_BACKUP, flags)
    expectKept(played)
    const answers = [...played.record.history].filter(({ type, f }) => type === 'ok' && f === 'read')
    const stale = answers.filter(({ meta }) => meta?.stale === true)
    expect(stale.length).toBeGreaterThan(0)
    expect(stale.length).toBeLessThan(answers.length)
  })

  it('a split brain is not what somebody expects, though the target claims nothing about it', async () => {
    const choices = 'replication=async,failover=timeout,fencing=false,minority=serve-all'
    const options = 'shapes=leader,direction=two-way,interval=4s,duration=2500ms'
    const flags = `-n partition --nemesis-opts ${options} --target-opts ${choices} --rate 300 --time-limit 10s --seed 1`
    const expected = await play(PRIMARY_BACKUP, `${flags} --expect linearizable --fail-fast`)
    expect(expected.verdict).toMatchObject({ status: 'invalid', outsideClaims: true })
    if (!isFull) return
    const claimed = await play(PRIMARY_BACKUP, flags)
    expect(claimed.verdict).toMatchObject({ status: 'unknown', outsideClaims: true })
  })

  itHasCard('primary-backup')
  itHasCard('primary-backup', {
    options: 'replication=async,failover=timeout,fencing=false,minority=serve-all',
    grade: 'high risk',
  })
  itCatches('primary-backup', bugs, [SURE])
})
