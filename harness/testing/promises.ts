/** Promises for tests: claimed by a target, or expected on the command line. */
import type { Claims, PromiseName } from '../api/claims.ts'
import type { RunSpec } from '../api/record.ts'
import type { Vocabulary } from '../api/vocabulary.ts'
import type { RecordParts } from './record.ts'

/** Claims about some calls of the vocabulary; nothing is claimed about the others. */
export const claiming = (
  vocabulary: Vocabulary,
  calls: Readonly<Record<string, PromiseName>>,
): { readonly claims: Claims } => ({
  claims: {
    source: 'its documentation',
    consistency: { [vocabulary.name]: calls },
    minority: 'refuse',
    tolerates: {},
  },
})

export const expecting = (promise: PromiseName): { readonly spec: RunSpec } => ({
  spec: { expect: promise, nodes: 2, nemeses: [] } as unknown as RunSpec,
})

/** Both ways to promise only a consistent prefix for reads, for `cases`. */
export const oldReads = (
  vocabulary: Vocabulary,
  read: string,
): readonly { readonly what: string; readonly parts: RecordParts }[] => [
  { what: 'if stale reads are claimed', parts: claiming(vocabulary, { [read]: 'consistent-prefix' }) },
  { what: 'if stale reads are expected', parts: expecting('consistent-prefix') },
]
