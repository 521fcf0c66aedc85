/** One operation of a transaction. */
import type { Scalar } from '../../harness/vocabularies/values.ts'

/** As recorded: `append` and `w` write; a read holds what it returned, null if that is unknown. */
export type MicroOp = readonly [
  f: 'append' | 'w' | 'r',
  key: Scalar,
  value: Scalar | readonly Scalar[] | null,
]
