/** Every workload on real clusters that keep their promises: nothing may be found, and something must have been judged. */
import { expect, it } from 'vitest'
import type { Vocabulary } from '../harness/api/vocabulary.ts'
import type { Workload } from '../harness/api/workload.ts'
import { loadRun } from '../harness/store/run-store.ts'
import { describeWith, isFull, missingLinuxRoot } from '../harness/testing/capabilities.ts'
import { run, temporaryFolder } from '../harness/testing/command.ts'
import { misfits } from '../harness/testing/misfits.ts'
import { targets } from '../targets/index.ts'
import { workloads } from './index.ts'

const FAULTS = [
  '-n',
  'partition,kill',
  '--nemesis-opts',
  'interval=1500ms,duration=800ms',
  '--time-limit',
  '7s',
  '--seed',
  '5',
]

/** A single server has no links to cut. */
const KILLS = ['-n', 'kill', ...FAULTS.slice(2)]

/** Few, since one call creates a schedule, and a busy machine gets little done in the time. */
const LEAST_OK = 10

const vocabularyOf = (args: readonly string[]): Vocabulary =>
  (workloads[args[args.indexOf('-w') + 1] as string] as Workload).vocabulary

const expectValid = async (args: readonly string[], faults = FAULTS): Promise<void> => {
  using folder = temporaryFolder()
  const { verdict } = await run(folder.path, [...args, ...faults])
  expect(verdict.status, verdict.summary).toBe('valid')
  expect(verdict.faults.effective).toBeGreaterThan(0)
  expect(verdict.counts.ok).toBeGreaterThan(LEAST_OK)
  // The workload's own checker comes first.
  expect(verdict.verdicts[0]?.status).toBe('valid')
  const { history } = loadRun(verdict.runDir).record
  expect(misfits(vocabularyOf(args), [...history])).toEqual([])
}

/** The workloads that the target supports, except those with their own suite. */
const speaking = (target: 'raft' | 'etcd' | 'redis'): readonly string[] =>
  Object.values(workloads)
    .filter(
      ({ name, vocabulary }) =>
        targets[target]?.clients[vocabulary.name] !== undefined && name !== 'register',
    )
    .map(({ name }) => name)

/** The options that the workload needs to run. */
const besides = (target: 'raft' | 'etcd' | 'redis', name: string): readonly string[] => {
  const { vocabulary } = workloads[name] as Workload
  const lacks = targets[target]?.lacks?.(vocabulary, { sink: 'none' }) ?? null
  return lacks === null ? [] : ['--target-opts', 'sink=deduplicating']
}

const inNamespaces = (target: 'raft' | 'etcd' | 'redis', name: string): readonly string[] => [
  ...[target, '--env', 'namespaces', '-w', name],
  ...besides(target, name),
]

describeWith(missingLinuxRoot(), 'workloads', () => {
  it.concurrent.each(speaking('raft'))('%s on raft', (name) => expectValid(inNamespaces('raft', name)))

  it.concurrent.each(['naive', 'fencing'])('effects on raft, with a %s sink', (mode) =>
    expectValid(['raft', '--env', 'namespaces', '-w', 'effects', '--target-opts', `sink=${mode}`]),
  )

  it.concurrent.each(isFull ? speaking('etcd') : ['register', 'list-append', 'queue', 'protected-lease'])(
    '%s on etcd',
    (name) => expectValid(inNamespaces('etcd', name)),
  )

  it.concurrent.each(isFull ? speaking('redis') : ['list-append', 'semaphore', 'bank'])(
    '%s on redis',
    (name) => expectValid(inNamespaces('redis', name), KILLS),
  )

  it.concurrent('list-append on etcd in containers', () =>
    expectValid(['etcd', '--env', 'docker', '-w', 'list-append']))
})
