/**
 * `faultline demo`: the bundled Raft cluster under partitions, kills and pauses, first healthy, then with a planted
 * bug. Exit 0 if and only if the healthy run is valid and the planted bug is caught.
 */
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { findEnvironment } from '../run/registries.ts'
import { type DEMO_SETTINGS, RUN_SETTINGS, type RunSettings } from '../run/settings.ts'
import { buildRunSpec } from '../run/spec.ts'
import { parseSettings, type SettingsOf } from '../setting.ts'
import { type RunResult, runSpec } from './run.ts'

/** What users do not change. */
const FIXED = parseSettings(RUN_SETTINGS, { nemesis: 'partition,kill,pause', env: 'namespaces' })

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const runDemo = async (settings: RunSettings, out: string): Promise<RunResult> =>
  runSpec((await buildRunSpec('raft', settings)).spec, { ...settings, out, format: 'text', json: false })

export const demoCommand = async ({ out, ...chosen }: SettingsOf<typeof DEMO_SETTINGS>): Promise<number> => {
  const settings = { ...FIXED, ...chosen }
  await findEnvironment(settings.env).install(say)
  say('\n1. A healthy Raft cluster under partitions, kills and pauses, each node a process:\n')
  const healthy = await runDemo(settings, out)
  say('\n2. The same with a planted bug: any node answers reads from its own state (--bug stale-read):\n')
  const buggy = await runDemo({ ...settings, bug: 'stale-read' }, out)
  const asExpected = healthy.status === 'valid' && buggy.status === 'invalid'
  say(
    `\nThe healthy cluster is ${healthy.status}, the planted bug is ${buggy.status === 'invalid' ? 'caught' : `not caught (${buggy.status})`}.`,
  )
  return asExpected ? EXIT_CODES.valid : EXIT_CODES.invalid
}
