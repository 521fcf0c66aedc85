/** Real runs of the bundled cluster: five processes with real sockets, disks and faults. */
import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { loadRun } from '../../harness/store/run-store.ts'
import { describeWith, isFull, missingLinuxRoot, sized } from '../../harness/testing/capabilities.ts'
import { type FinishedRun, run, temporaryFolder } from '../../harness/testing/command.ts'
import { hostBaseline, leftovers, wallClockOffsetMs } from '../../harness/testing/host.ts'
import { bugs } from './bugs/bugs.ts'

/** Bugs that show in nearly every run: those of the short form. The long form looks for all, with three seeds each. */
const SURE = new Set([
  'stale-read',
  'ack-before-replication',
  'retry-applied-twice',
  'no-fsync',
  'txn-reads-early',
  'counter-outside-log',
  'key-per-attempt',
])

describeWith(missingLinuxRoot(), 'the bundled Raft cluster', () => {
  it('keeps its promises under partitions, kills and pauses, and leaves the host as it was', async () => {
    using folder = temporaryFolder()
    const before = hostBaseline()
    const clockBefore = wallClockOffsetMs()
    const { verdict, exitCode } = await run(folder.path, [
      'raft',
      '--env',
      'namespaces',
      '-n',
      'partition,kill,pause',
      '--time-limit',
      '12s',
      '--seed',
      '11',
    ])
    expect(verdict).toMatchObject({ status: 'valid' })
    expect(exitCode).toBe(0)
    expect(verdict.faults.bit).toBeGreaterThan(3)
    expect(verdict.counts.ok).toBeGreaterThan(500)
    expect(await leftovers(before)).toEqual([])
    expect(Math.abs(wallClockOffsetMs() - clockBefore)).toBeLessThan(1000)
  })

  it('records what each fault did, and what the nodes reported', async () => {
    using folder = temporaryFolder()
    const options =
      'kill.victims=leader,pause.victims=leader,pause.method=freezer,partition.shapes=leader,interval=3s,duration=1500ms'
    const { verdict } = await run(folder.path, [
      'raft',
      '--env',
      'namespaces',
      '-n',
      'partition,kill,pause',
      '--nemesis-opts',
      options,
      '--time-limit',
      '14s',
      '--seed',
      '5',
    ])
    const { record } = loadRun(verdict.runDir)
    expect(verdict.status).toBe('valid')
    expect(record.facts?.leaderChanges.length).toBeGreaterThanOrEqual(3)
    const summaries = (record.faults ?? [])
      .filter(({ bit }) => bit)
      .map(
        ({ planned, effects }) => `${planned.nemesis}: ${effects.map(({ summary }) => summary).join('; ')}`,
      )
    expect(summaries.find((text) => /partition: .*[1-9]\d* packets dropped/.test(text))).toBeDefined()
    expect(
      summaries.find((text) =>
        /kill: .*pid \d+ of n\d gone by SIGKILL \(SIGKILL\); running again as pid \d+/.test(text),
      ),
    ).toBeDefined()
    expect(summaries.find((text) => /pause: .*in FROZEN/.test(text))).toBeDefined()
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
  })

  it('keeps its promises while connections are reset or black-holed and replies are lost, each counted', async () => {
    using folder = temporaryFolder()
    const { verdict } = await run(folder.path, [
      'raft',
      '--env',
      'namespaces',
      '-n',
      'connection',
      '--nemesis-opts',
      'interval=2s,duration=1s',
      '--time-limit',
      '16s',
      '--seed',
      '3',
    ])
    const { record } = loadRun(verdict.runDir)
    expect(verdict.status).toBe('valid')
    const said = (record.faults ?? []).filter(({ bit }) => bit).map(({ effects }) => effects.at(-1)?.summary)
    for (const what of ['connections reset', 'connections never answered', 'of replies lost'])
      expect(
        said.find((text) => new RegExp(`^[1-9]\\d* packets .*${what}, between n\\d`).test(text ?? '')),
        what,
      ).toBeDefined()
  })

  it('tolerates links that flap, and they are up when the fault is over', async () => {
    using folder = temporaryFolder()
    const { verdict } = await run(folder.path, [
      'raft',
      '--env',
      'namespaces',
      '-n',
      'partition',
      '--nemesis-opts',
      'flapping=200ms,interval=3s,duration=2s,shapes=random-halves',
      '--time-limit',
      '10s',
      '--seed',
      '8',
    ])
    const { record } = loadRun(verdict.runDir)
    expect(verdict.status).toBe('valid')
    expect(record.facts?.recovery?.recoveredAfterMs).toEqual(expect.any(Number))
    const faults = (record.faults ?? []).filter(({ bit }) => bit)
    expect(faults.length).toBeGreaterThan(0)
    for (const { effects } of faults) {
      const measured = effects.at(-1)?.measurements
      expect(measured?.packets).toBeGreaterThan(0)
      expect(measured?.flaps).toBeGreaterThan(1)
    }
  })

  it('survives rolling restarts and crash loops, also by SIGTERM', async () => {
    using folder = temporaryFolder()
    const { verdict } = await run(folder.path, [
      'raft',
      '--env',
      'namespaces',
      '-n',
      'kill',
      '--nemesis-opts',
      'patterns=rolling+crash-loop,signals=SIGKILL+SIGTERM,victims=minority,interval=3s,duration=3s',
      '--time-limit',
      '18s',
      '--seed',
      '6',
    ])
    const { record } = loadRun(verdict.runDir)
    expect(verdict.status).toBe('valid')
    const faults = (record.faults ?? []).map(({ planned, victims, effects }) => ({
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
    expect(new Set(faults.map(({ pattern }) => pattern))).toEqual(new Set(['rolling', 'crash-loop']))
    expect(new Set(faults.map(({ signal }) => signal))).toEqual(new Set(['SIGKILL', 'SIGTERM']))
    for (const { pattern, count, killed, restarted } of faults) {
      if (pattern === 'rolling') expect(killed).toBe(count)
      else expect(killed).toBeGreaterThan(count)
      expect(restarted).toBe(count)
    }
  })

  it('a group of clients can be cut from a node while the others are not', async () => {
    using folder = temporaryFolder()
    const options = 'shapes=clients,direction=two-way,interval=3s,duration=2s'
    const { verdict } = await run(folder.path, [
      'raft',
      '--env',
      'namespaces',
      '-n',
      'partition',
      '--nemesis-opts',
      options,
      '--time-limit',
      '10s',
      '--seed',
      '3',
    ])
    expect(verdict.status).toBe('valid')
    const { record } = loadRun(verdict.runDir)
    const [fault] = (record.faults ?? []).filter(({ bit }) => bit)
    if (fault === undefined) throw new Error('no cut bit')
    expect(fault.victims).toHaveLength(1)
    // The control path is never cut: the victim's status is sampled throughout.
    const during = (record.samples ?? []).filter(
      ({ node, timeNs }) =>
        node === fault.victims[0] && timeNs > (fault.injectedAtNs ?? 0) && timeNs < (fault.healedAtNs ?? 0),
    )
    expect(during.length).toBeGreaterThan(2)
    // A single late answer is noise; a path that is cut gives none at all.
    expect(during.filter(({ status }) => status !== null).length).toBeGreaterThan(during.length / 2)
  })

  for (const { name, workload, realRun } of bugs) {
    if ('none' in realRun || !(isFull || SURE.has(name))) continue
    it(`--bug ${name} is caught`, async () => {
      using folder = temporaryFolder()
      const found: FinishedRun[] = []
      for (let seed = 1; seed <= sized(1, 3); seed++) {
        const args = [
          'raft',
          '--env',
          'namespaces',
          '--bug',
          name,
          '-w',
          workload,
          ...realRun.args.split(' '),
          '--seed',
          String(seed),
        ]
        const finished = await run(folder.path, args)
        if (finished.exitCode === 1) found.push(finished)
      }
      expect(found.length).toBeGreaterThan(0)
      expect(found[0]?.verdict.status).toBe('invalid')
      expect(
        found[0]?.verdict.verdicts.some(
          ({ status, evidence }) => status === 'invalid' && evidence.length > 0,
        ),
      ).toBe(true)
    })
  }
})
