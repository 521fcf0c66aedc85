/** The kinds of lies, as a list: options and the check of targets need one. */
import type { LieKind } from '../../api/byzantine.ts'

export const LIE_KINDS = [
  'equivocation',
  'forged-sender',
  'double-vote',
  'replay',
  'silence',
  'delay',
  'false-answer',
  'corruption',
  'collusion',
] as const satisfies readonly LieKind[]
