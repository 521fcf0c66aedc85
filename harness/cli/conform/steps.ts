/** How many exchanges a call of each kind needs, as far as calls in a healthy cluster tell. */
import type { CallSeen } from './observations.ts'

/** Calls that tell that such a call needs one exchange only. */
const ENOUGH = 3

const SCALARS: readonly string[] = ['number', 'bigint', 'string']

/** An answer without its numbers and texts: whether something was done, or found, may take another number of exchanges. */
const formOf = (value: unknown): string =>
  JSON.stringify(value ?? null, (_, each) =>
    SCALARS.includes(typeof each) ? 0 : Array.isArray(each) ? [] : each,
  )

export class Steps {
  /** Kind of call -> form of the answer -> the numbers of exchanges of calls that sent nothing but their requests. */
  readonly #seen = new Map<string, Map<string, number[]>>()

  take(kind: string, { outcome, isWarm, exchanges }: CallSeen): void {
    if (outcome?.type !== 'ok') return
    const forms = this.#seen.get(kind) ?? new Map<string, number[]>()
    this.#seen.set(kind, forms)
    const form = formOf(outcome.value)
    const known = forms.get(form) ?? []
    forms.set(form, isWarm ? [...known, exchanges] : known)
  }

  #of(kind: string): readonly (readonly number[])[] {
    return [...(this.#seen.get(kind)?.values() ?? [])]
  }

  /** Whether enough such calls were seen, and some of each form of answer. */
  areKnown(kind: string): boolean {
    const forms = this.#of(kind)
    return forms.flat().length >= ENOUGH && forms.every((seen) => seen.length > 0)
  }

  /** At most; null: that is not known. */
  most(kind: string): number | null {
    const most = Math.max(...this.#of(kind).flat())
    return most > 1 || this.areKnown(kind) ? most : null
  }
}
