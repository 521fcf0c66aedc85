/** A specialised engine does not know this kind of history: the general engine decides. */
import type { SpecialResult } from '../model.ts'

export const declined = (reason: string): SpecialResult => ({ verdict: 'declined', reason })

/** Thrown to end an engine wherever it stands. Not an Error: it would carry a stack, which is slow to make. */
export class Declined {
  readonly reason: string
  constructor(reason: string) {
    this.reason = reason
  }
}
