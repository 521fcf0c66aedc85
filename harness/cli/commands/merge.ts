/** `faultline merge`: the shards of a suite, as one suite. */
import path from 'node:path'
import { mergeShards } from '../../campaign/merge.ts'
import { UserError } from '../../support/assert.ts'
import type { OUT } from '../run/settings.ts'
import type { SettingsOf } from '../setting.ts'
import { newSuiteFolder, SUITE_FILES, writeSuite } from '../suite/files.ts'
import { mergeMemory } from '../suite/merge-memory.ts'
import { rendered } from '../suite/rendered.ts'
import { readShard } from '../suite/shards.ts'
import { markdownOf } from '../suite/summary.ts'

/** @param folders of campaigns, or of results @returns the exit code of the suite as a whole */
export const mergeCommand = async (
  folders: readonly string[],
  settings: SettingsOf<typeof OUT>,
): Promise<number> => {
  const shards = folders.map(readShard)
  const [twice] = [...Map.groupBy(shards, ({ dir }) => dir).values()].filter((same) => same.length > 1)
  if (twice?.[0] !== undefined) throw new UserError(`${twice[0].folder} is named twice.`)
  const merged = mergeShards(shards)
  const out = path.resolve(settings.out)
  const dir = newSuiteFolder(out, merged.suite, merged.startedAt)
  const result = { ...merged, mergedFrom: shards.map((shard) => path.relative(dir, shard.dir)) }
  writeSuite(dir, result, rendered(result, dir))
  mergeMemory(out, shards)
  process.stdout.write(`${markdownOf(result)}\n${path.relative('.', path.join(dir, SUITE_FILES.page))}\n`)
  return result.exitCode
}
