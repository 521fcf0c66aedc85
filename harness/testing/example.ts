/** An example of a call of a vocabulary. */
import type { HeldValues } from '../api/vocabulary.ts'

export interface Example {
  readonly value: unknown
  readonly ok: unknown
  readonly changes: boolean
  /** Values that must be rejected. */
  readonly badValues: readonly unknown[]
  readonly badOks: readonly unknown[]
  /** Answers of the right shape that do not match the value. */
  readonly mismatches?: readonly unknown[]
  readonly objects?: readonly string[]
  readonly writes?: readonly HeldValues[]
  readonly reads?: readonly HeldValues[]
}
