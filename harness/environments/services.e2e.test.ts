/** A service beside the cluster: it is started before the nodes, no other nemesis affects it, and its log is kept. */
import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import type { Sequence } from '../api/history.ts'
import type { LogLine } from '../store/harness-log.ts'
import { loadRun } from '../store/run-store.ts'
import { ownVersion } from '../store/version.ts'
import { describeWith, missingLinuxRoot } from '../testing/capabilities.ts'
import { run, temporaryFolder } from '../testing/command.ts'
import { hostBaseline } from '../testing/host.ts'
import { leftovers } from '../testing/leftovers.ts'

const TARGET = path.resolve(import.meta.dirname, '../testing/gateway-target.ts')

const linesOf = (dir: string, file: string): readonly (LogLine & Record<string, unknown>)[] =>
  fs
    .readFileSync(path.join(dir, file), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

/** Every file names its schema and the version; the log covers the run from beginning to end. */
const expectCompleteLog = (dir: string): void => {
  const json = ['run.json', 'verdict.json'].map((file) =>
    JSON.parse(fs.readFileSync(path.join(dir, file), 'utf8')),
  )
  const headers = ['history', 'faults', 'samples', 'harness'].map((file) => linesOf(dir, `${file}.jsonl`)[0])
  for (const header of [...json, ...headers])
    expect(header).toMatchObject({
      schema: expect.stringMatching(/^faultline\.\w+\/\d+$/),
      faultline: ownVersion(),
    })
  const [, ...log] = linesOf(dir, 'harness.jsonl')
  expect(log[0]).toMatchObject({ source: 'supervisor', event: 'run begins', timeNs: null })
  expect(log.at(-1)).toMatchObject({ source: 'supervisor', event: 'run ends', timeNs: expect.any(Number) })
  expect(log.find(({ event }) => event === 'controller ended')).toMatchObject({ level: 'info', code: 0 })
  expect(log.find(({ event }) => event === 'journal undone')).toMatchObject({ failures: 0 })
  const times = log.flatMap(({ timeNs }) => timeNs ?? [])
  expect(times).toEqual([...times].sort((a, b) => a - b))
  // A fault's injection has almost the same time in both files; the difference is the time between the two writes.
  const injected = linesOf(dir, 'faults.jsonl').find(({ type }) => type === 'injected')
  const logged = log.find(({ event, id }) => event === 'fault injected' && id === injected?.id)
  expect(Math.abs(Number(logged?.timeNs) - Number(injected?.atNs))).toBeLessThan(1e9)
}

describeWith(missingLinuxRoot(), 'services', () => {
  it.each(['namespaces', 'docker'])('are not affected when the nodes are killed: %s', async (environment) => {
    using folder = temporaryFolder()
    const before = hostBaseline()
    const { verdict } = await run(folder.path, [
      ...[TARGET, '--env', environment, '-n', 'kill', '--time-limit', '8s', '--seed', '2'],
      ...['--nemesis-opts', 'victims=all,interval=2s,duration=500ms'],
    ])
    expect(verdict.status, verdict.summary).toBe('valid')
    expectCompleteLog(verdict.runDir)
    const { record } = loadRun(verdict.runDir)
    const victims = new Set(
      (record.faults ?? []).filter(({ effective }) => effective).flatMap((fault) => fault.victims),
    )
    expect([...victims].sort()).toEqual(['n1', 'n2', 'n3'])
    // It was started once and served until the end.
    const log = fs.readFileSync(path.join(verdict.runDir, 'nodes', 'store', 'etcd.log'), 'utf8')
    expect(log.match(/ready to serve client requests/g)).toHaveLength(1)
    expect(await leftovers(before, folder.path)).toEqual([])
  })

  it('run in containers without a program of their image: the sink under the Node of faultline', async () => {
    using folder = temporaryFolder()
    const before = hostBaseline()
    const { verdict } = await run(folder.path, [
      ...['etcd', '--env', 'docker', '-w', 'protected-lock', '--target-opts', 'sink=deduplicating'],
      ...['-n', 'kill', '--time-limit', '8s', '--seed', '4', '--nemesis-opts', 'interval=2s,duration=500ms'],
    ])
    expect(verdict.status, verdict.summary).toBe('valid')
    const log = (loadRun(verdict.runDir).record.services?.sink ?? []) as Sequence<{ readonly type: string }>
    expect(log.filter(({ type }) => type === 'start')).toHaveLength(1)
    expect(log.filter(({ type }) => type === 'touch').length).toBeGreaterThan(10)
    expect(await leftovers(before, folder.path)).toEqual([])
  })
})
