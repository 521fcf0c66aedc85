/** Elements added to collections over several shards, and answers that say whether they are complete. */
import { search as checker } from '../checkers/data/search.ts'
import type { Operation } from '../harness/api/history.ts'
import { thenAsk } from '../harness/generators/questions.ts'
import { defineWorkload } from '../harness/support/define.ts'
import { SEARCH, type SearchCall } from '../harness/vocabularies/search.ts'
import { atEveryNode, finalKeys, keyed, keyOptions, keysOf } from './keyed.ts'
import { QUESTIONS } from './questions.ts'
import { standing } from './standing.ts'

const queryAfter = ({ f, value }: Operation): SearchCall | null =>
  f === 'query' ? null : { f: 'query', value: { collection: (value as SearchCall['value']).collection } }

export const search = defineWorkload({
  name: 'search',
  description:
    'answers put together from shards: does one that is called complete lack what was acknowledged?',
  vocabulary: SEARCH,
  options: {
    ...keyOptions(3, 60),
    questions: QUESTIONS,
    queries: { type: 'share', default: 0.5, description: 'share of queries' },
  },
  generator: (_rng, options, { concurrency, nodes }) =>
    thenAsk(
      { share: options.questions, nodes, about: queryAfter },
      keyed<SearchCall>(keysOf(options), ({ rng, thread, ordinal, key }) => {
        const collection = key('collection')
        if (rng.fork('kind').float() < options.queries) return { f: 'query', value: { collection } }
        return { f: 'add', value: { collection, element: 1 + ordinal * concurrency + thread } }
      }),
    ),
  finalGenerator: (_rng, options, context) =>
    atEveryNode(
      finalKeys(keysOf(options), context).map((collection) => ({ f: 'query', value: { collection } })),
      context,
    ),
  checkers: () => [checker, ...standing],
})
