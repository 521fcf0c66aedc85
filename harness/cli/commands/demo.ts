/**
 * `faultline demo`: the bundled Raft cluster under partitions, kills and pauses, first healthy, then with a planted
 * bug. Exit 0 if and only if the healthy run is valid and the planted bug is caught.
 */
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { findEnvironment } from '../run/registries.ts'
import { RUN_SETTINGS, type RunSettings } from '../run/settings.ts'
import { buildRunSpec } from '../run/spec.ts'
import { parseSettings } from '../setting.ts'
import { type RunResult, runSpec } from './run.ts'

/** Settings that differ from the defaults of a run. */
const SETTINGS = parseSettings(RUN_SETTINGS, {
  nemesis: 'partition,kill,pause',
  env: 'namespaces',
  timeLimit: '15s',
  seed: '7',
})

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const runDemo = async (settings: RunSettings, out: string): Promise<RunResult> =>
  runSpec((await buildRunSpec('raft', settings)).spec, { ...settings, out, format: 'text', json: false })

export const demoCommand = async ({ out }: { readonly out: string }): Promise<number> => {
  await findEnvironment(SETTINGS.env).install(say)
  say('\n1. A healthy Raft cluster of five processes, under partitions, kills and pauses:\n')
  const healthy = await runDemo(SETTINGS, out)
  say('\n2. The same with a planted bug: any node answers reads from its own state (--bug stale-read):\n')
  const buggy = await runDemo({ ...SETTINGS, bug: 'stale-read' }, out)
  const asExpected = healthy.status === 'valid' && buggy.status === 'invalid'
  say(
    `\nThe healthy cluster is ${healthy.status}, the planted bug is ${buggy.status === 'invalid' ? 'caught' : `not caught (${buggy.status})`}.`,
  )
  return asExpected ? EXIT_CODES.valid : EXIT_CODES.invalid
}
