import type { Claims } from './claims.ts'

/**
 * What a claims file says in words, and what runs are judged by where that is not for the target's module to say. Bundled targets have theirs as
 * `targets/<name>/claims-file.ts`; that of `my-target.ts` is `my-target.claims.yaml` beside it, or `.yml`, `.ts` or `.js`.
 */

/** What the protocol is meant to do. */
export type ProtocolQuestion =
  | 'agreement'
  | 'participants'
  | 'fault-model'
  | 'quorum-rule'
  | 'leadership'
  | 'commit-rule'
  | 'partition'
  | 'recovery'
  | 'retries'
  | 'evidence'

/** Who looks after it. */
export type GovernanceQuestion = 'owner' | 'changes' | 'versions' | 'incidents'

/** Who knows. */
export type CommunicationQuestion = 'users' | 'operators'

/** Answers by question. A question that is absent is not answered. */
export interface ClaimsFile {
  /** In place of the same parts of what the module claims, whatever its options and the vocabulary. */
  readonly claims?: Partial<Claims>
  readonly protocol?: Readonly<Partial<Record<ProtocolQuestion, string>>>
  readonly governance?: Readonly<Partial<Record<GovernanceQuestion, string>>>
  readonly communication?: Readonly<Partial<Record<CommunicationQuestion, string>>>
}
