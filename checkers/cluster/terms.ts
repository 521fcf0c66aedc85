/** The first leader that was told of each of the latest terms. */
import { ForgetfulMap } from '../forgetful-map.ts'

const MOST_TERMS = 20_000

interface Told<T> {
  readonly leader: string
  /** Who told it. */
  readonly by: T
}

export class Terms<T> {
  readonly #first: ForgetfulMap<number, Told<T>>

  constructor(mostTerms = MOST_TERMS) {
    this.#first = new ForgetfulMap(mostTerms)
  }

  get size(): number {
    return this.#first.size
  }

  /** Who told of another leader in this term. Null: nobody whom one remembers. */
  tell(term: number, leader: string, by: T): T | null {
    const first = this.#first.get(term)
    if (first === undefined) this.#first.set(term, { leader, by })
    return first === undefined || first.leader === leader ? null : first.by
  }
}
