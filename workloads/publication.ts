/** New versions of indexes over several shards, read all the time. */
import { publication as checker } from '../checkers/data/publication.ts'
import type { Operation } from '../harness/api/history.ts'
import { thenAsk } from '../harness/generators/questions.ts'
import { defineWorkload } from '../harness/support/define.ts'
import { PUBLICATION, type PublicationCall } from '../harness/vocabularies/publication.ts'
import { atEveryNode, finalKeys, keyed, keyOptions, keysOf } from './keyed.ts'
import { QUESTIONS } from './questions.ts'
import { standing } from './standing.ts'

const readAfter = ({ f, value }: Operation): PublicationCall | null =>
  f === 'read' ? null : { f: 'read', value: { index: (value as PublicationCall['value']).index } }

export const publication = defineWorkload({
  name: 'publication',
  description:
    'new versions of indexes over several shards: does a reader ever see half of one, or an older one?',
  vocabulary: PUBLICATION,
  options: {
    ...keyOptions(3, 60),
    questions: QUESTIONS,
    shards: { type: 'number', default: 4, description: 'shards of each index' },
    reads: { type: 'share', default: 0.6, description: 'share of reads' },
  },
  generator: (_rng, options, { concurrency, nodes }) =>
    thenAsk(
      { share: options.questions, nodes, about: readAfter },
      keyed<PublicationCall>(keysOf(options), ({ rng, thread, ordinal, key }) => {
        const index = key('index')
        if (rng.fork('kind').float() < options.reads) return { f: 'read', value: { index } }
        const version = 1 + ordinal * concurrency + thread
        return { f: 'publish', value: { index, version, shards: options.shards } }
      }),
    ),
  finalGenerator: (_rng, options, context) =>
    atEveryNode(
      finalKeys(keysOf(options), context).map((index) => ({ f: 'read', value: { index } })),
      context,
    ),
  checkers: () => [checker, ...standing],
})
