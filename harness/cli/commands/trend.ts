/** `faultline trend`: what changes from campaign to campaign. */
import fs from 'node:fs'
import path from 'node:path'
import { UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { trendText } from '../output/trend.ts'
import { SUITES } from '../suite/files.ts'
import { readTrends } from '../suite/stored-suites.ts'

export const trendCommand = async (
  results: string,
  { format }: { readonly format: 'text' | 'json' },
): Promise<number> => {
  if (!fs.existsSync(results)) throw new UserError(`There is no folder ${results}: faultline suite makes it.`)
  const trends = readTrends(results)
  if (trends.suites.length === 0 && trends.unread.length === 0)
    throw new UserError(
      `No campaign has ended below ${path.join(results, SUITES)}: faultline suite runs one.`,
    )
  process.stdout.write(format === 'json' ? `${JSON.stringify(trends, null, 2)}\n` : trendText(trends))
  return EXIT_CODES.valid
}
