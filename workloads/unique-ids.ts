/** All clients request ids. */
import { uniqueIds as checker } from '../checkers/data/unique-ids.ts'
import { calls } from '../harness/generators/combinators.ts'
import { defineWorkload } from '../harness/support/define.ts'
import { type GenerateCall, UNIQUE_IDS } from '../harness/vocabularies/unique-ids.ts'
import { standing } from './standing.ts'

export const uniqueIds = defineWorkload({
  name: 'unique-ids',
  description: 'ids that all clients request: is any id issued twice?',
  vocabulary: UNIQUE_IDS,
  options: {},
  generator: () => calls<GenerateCall>(() => ({ f: 'generate', value: {} })),
  checkers: () => [checker, ...standing],
})
