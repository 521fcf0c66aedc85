/** Ids drawn by everyone. */
import { uniqueIds as checker } from '../checkers/data/unique-ids.ts'
import type { Workload } from '../harness/api/workload.ts'
import { calls } from '../harness/generators/combinators.ts'
import { type GenerateCall, UNIQUE_IDS } from '../harness/vocabularies/unique-ids.ts'
import { standing } from './standing.ts'

export const uniqueIds: Workload<GenerateCall> = {
  name: 'unique-ids',
  description: 'ids drawn by everyone: is any handed out twice?',
  vocabulary: UNIQUE_IDS,
  options: {},
  generator: () => calls(() => ({ f: 'generate', value: {} })),
  checkers: () => [checker, ...standing],
}
