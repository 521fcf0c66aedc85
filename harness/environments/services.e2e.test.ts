/** A service beside the cluster: there before the nodes, out of every nemesis's reach, its log kept. */
import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { loadRun } from '../store/run-store.ts'
import { describeWith, missingLinuxRoot } from '../testing/capabilities.ts'
import { run, temporaryFolder } from '../testing/command.ts'
import { hostBaseline, leftovers } from '../testing/host.ts'

const TARGET = path.resolve(import.meta.dirname, '../testing/gateway-target.ts')

describeWith(missingLinuxRoot(), 'services', () => {
  it.each(['namespaces', 'docker'])('keep what the nodes do not: %s', async (environment) => {
    using folder = temporaryFolder()
    const before = hostBaseline()
    const { verdict } = await run(folder.path, [
      ...[TARGET, '--env', environment, '-n', 'kill', '--time-limit', '8s', '--seed', '2'],
      ...['--nemesis-opts', 'victims=all,interval=2s,duration=500ms'],
    ])
    expect(verdict.status, verdict.summary).toBe('valid')
    const { record } = loadRun(verdict.runDir)
    const victims = new Set(
      (record.faults ?? []).filter(({ effective }) => effective).flatMap((fault) => fault.victims),
    )
    expect([...victims].sort()).toEqual(['n1', 'n2', 'n3'])
    // It was started once, and served to the end.
    const log = fs.readFileSync(path.join(verdict.runDir, 'nodes', 'store', 'etcd.log'), 'utf8')
    expect(log.match(/ready to serve client requests/g)).toHaveLength(1)
    expect(await leftovers(before)).toEqual([])
  })
})
