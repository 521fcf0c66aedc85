/** What `faultline suite --print-job` prints: the command as it was typed, as a Job. */
import fs from 'node:fs'
import path from 'node:path'
import { flagOf } from '../../support/flag.ts'
import type { SettingsOf } from '../setting.ts'
import { chooseSuite, configFile, readConfig } from './config.ts'
import { jobManifest } from './job.ts'
import type { SUITE_SETTINGS } from './settings.ts'

/** Settings that a shard gets as they were given. */
const PASSED_ON = ['grep', 'jobs', 'seeds', 'untilInvalid', 'keep'] as const

const wordsOf = (settings: SettingsOf<typeof SUITE_SETTINGS>): readonly string[] => [
  ...(settings.budgetMs === undefined ? [] : ['--budget', `${settings.budgetMs}ms`]),
  ...PASSED_ON.flatMap((name) => {
    const value = settings[name]
    if (value === undefined || value === false) return []
    return value === true ? [flagOf(name)] : [flagOf(name), String(value)]
  }),
]

/** Modules beside the configuration are not in the ConfigMap. */
const usesFiles = (text: string): boolean => /['"](?:\.{1,2}\/|\/)/.test(text)

/** @throws UserError if the configuration is wrong */
export const printJob = async (
  given: string | undefined,
  settings: SettingsOf<typeof SUITE_SETTINGS>,
): Promise<void> => {
  const file = configFile(given)
  const suite = chooseSuite(await readConfig(given), settings.suite)
  const text = fs.readFileSync(file, 'utf8')
  if (usesFiles(text))
    process.stderr.write(
      `${path.basename(file)} names other files. Put them into an image of your own (FROM ${settings.image}), and name it with --image.\n`,
    )
  const manifest = jobManifest({
    suite: suite.name,
    file: path.basename(file),
    text,
    image: settings.image,
    shards: settings.shards,
    words: ['--suite', suite.name, ...wordsOf(settings)],
    claim: settings.claim ?? null,
  })
  process.stdout.write(manifest)
}
