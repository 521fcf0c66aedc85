/** Every workload for real, on clusters that keep their promises: nothing may be found, and something must be judged. */
import { expect, it } from 'vitest'
import { describeWith, isFull, missingLinuxRoot } from '../harness/testing/capabilities.ts'
import { run, temporaryFolder } from '../harness/testing/command.ts'
import { targets } from '../targets/index.ts'
import { workloads } from './index.ts'

const FAULTS = [
  '-n',
  'partition,kill',
  '--nemesis-opts',
  'interval=2s,duration=1s',
  '--time-limit',
  '7s',
  '--seed',
  '5',
]

/** Of one server there is nothing to cut. */
const KILLS = ['-n', 'kill', ...FAULTS.slice(2)]

const expectValid = async (args: readonly string[], faults = FAULTS): Promise<void> => {
  using folder = temporaryFolder()
  const { verdict } = await run(folder.path, [...args, ...faults])
  expect(verdict.status, verdict.summary).toBe('valid')
  expect(verdict.faults.bit).toBeGreaterThan(0)
  expect(verdict.counts.ok).toBeGreaterThan(100)
  // The workload's own checker comes first.
  expect(verdict.verdicts[0]?.status).toBe('valid')
}

/** Those with suites of their own are left out. */
const speaking = (target: 'raft' | 'etcd' | 'redis'): readonly string[] =>
  Object.values(workloads)
    .filter(
      ({ name, vocabulary }) =>
        targets[target]?.clients[vocabulary] !== undefined && name !== 'register' && name !== 'effects',
    )
    .map(({ name }) => name)

describeWith(missingLinuxRoot(), 'workloads', () => {
  it.each(speaking('raft'))('%s on raft', (name) => expectValid(['raft', '--env', 'namespaces', '-w', name]))

  it.each(['naive', 'deduplicating', 'fencing'])('effects on raft, with a %s sink', (mode) =>
    expectValid(['raft', '--env', 'namespaces', '-w', 'effects', '--target-opts', `sink=${mode}`]),
  )

  it.each(isFull ? speaking('etcd') : ['list-append', 'queue', 'lock'])('%s on etcd', (name) =>
    expectValid(['etcd', '--env', 'namespaces', '-w', name]),
  )

  it.each(isFull ? speaking('redis') : ['list-append', 'semaphore', 'bank'])('%s on redis', (name) =>
    expectValid(['redis', '--env', 'namespaces', '-w', name, '--target-opts', 'appendfsync=always'], KILLS),
  )

  it('list-append on etcd in containers', () => expectValid(['etcd', '--env', 'docker', '-w', 'list-append']))
})
