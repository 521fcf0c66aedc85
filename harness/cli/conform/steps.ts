/** How many exchanges a call of each kind needs, as far as calls in a healthy cluster tell. */
import type { CallSeen } from './observations.ts'

/** Calls that tell that such a call needs one exchange only. */
const ENOUGH = 3

/** An answer without its numbers and texts: whether something was done, or found, may take another number of exchanges. */
const formOf = (value: unknown): string =>
  JSON.stringify(value ?? null, (_, each) =>
    typeof each === 'number' || typeof each === 'string' ? 0 : Array.isArray(each) ? [] : each,
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

  /** At most; null: that is not known. It may be that a form of answer was seen, but not how many exchanges it took. */
  most(kind: string): number | null {
    const forms = [...(this.#seen.get(kind)?.values() ?? [])]
    const all = forms.flat()
    const most = Math.max(...all)
    if (most > 1) return most
    return all.length >= ENOUGH && forms.every((seen) => seen.length > 0) ? most : null
  }

  /** Whether enough such calls were seen, and of each form. */
  areKnown(kind: string): boolean {
    const forms = [...(this.#seen.get(kind)?.values() ?? [])]
    return forms.flat().length >= ENOUGH && forms.every((seen) => seen.length > 0)
  }
}
