/**
 * `faultline demo`: the bundled Raft cluster under partitions, kills and pauses, first healthy, then with a planted
 * bug. Exit 0 if and only if the healthy run is valid and the planted bug is caught.
 */
import { findEnvironment } from '../run/registries.ts'
import { buildRunSpec, type RunFlags } from '../run/spec.ts'
import { type RunResult, runSpec } from './run.ts'

const FLAGS: RunFlags = {
  workload: 'register',
  nemesis: 'partition,kill,pause',
  env: 'namespaces',
  concurrency: '10',
  rate: '200',
  timeLimit: '15s',
  operationTimeout: '5s',
  readyTimeout: '60s',
  recoveryTimeout: '30s',
  seed: '7',
}

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const runDemo = async (flags: RunFlags, out: string): Promise<RunResult> =>
  runSpec((await buildRunSpec('raft', flags)).spec, { out, json: false })

export const demoCommand = async ({ out }: { readonly out: string }): Promise<number> => {
  await findEnvironment(FLAGS.env).install(say)
  say('\n1. A healthy Raft cluster of five processes, under partitions, kills and pauses:\n')
  const healthy = await runDemo(FLAGS, out)
  say('\n2. The same with a planted bug: any node answers reads from its own state (--bug stale-read):\n')
  const buggy = await runDemo({ ...FLAGS, bug: 'stale-read' }, out)
  const asExpected = healthy.status === 'valid' && buggy.status === 'invalid'
  say(
    `\nThe healthy cluster is ${healthy.status}, the planted bug is ${buggy.status === 'invalid' ? 'caught' : `not caught (${buggy.status})`}.`,
  )
  return asExpected ? 0 : 1
}
