/** Logs that are appended to and read from the start. */
import { logOffsets, logOrder } from '../checkers/data/append-log.ts'
import type { Operation } from '../harness/api/history.ts'
import { thenAsk } from '../harness/generators/questions.ts'
import { defineWorkload } from '../harness/support/define.ts'
import { APPEND_LOG, type LogCall } from '../harness/vocabularies/append-log.ts'
import { atEveryNode, finalKeys, keyed, keyOptions, keysOf } from './keyed.ts'
import { QUESTIONS } from './questions.ts'
import { standing } from './standing.ts'

const readAfter = ({ f, value }: Operation): LogCall | null =>
  f === 'read' ? null : { f: 'read', value: { key: (value as LogCall['value']).key } }

export const appendLog = defineWorkload({
  name: 'append-log',
  description:
    'appends to logs and reads: is any value lost, duplicated, or at another offset than reported?',
  vocabulary: APPEND_LOG,
  options: {
    ...keyOptions(2, 60),
    questions: QUESTIONS,
    reads: { type: 'share', default: 0.4, description: 'share of reads' },
  },
  generator: (_rng, options, { concurrency, nodes }) =>
    thenAsk(
      { share: options.questions, nodes, about: readAfter },
      keyed<LogCall>(keysOf(options), ({ rng, thread, ordinal, key }) =>
        rng.fork('kind').float() < options.reads
          ? { f: 'read', value: { key: key('of') } }
          : { f: 'append', value: { key: key('of'), value: 1 + ordinal * concurrency + thread } },
      ),
    ),
  finalGenerator: (_rng, options, context) =>
    atEveryNode(
      finalKeys(keysOf(options), context).map((key) => ({ f: 'read', value: { key } })),
      context,
    ),
  checkers: () => [logOrder, logOffsets, ...standing],
})
