/**
 * What clients are told of leaders while a run goes on, and what nodes report of themselves: two leaders of one term stay told.
 * Whether a term goes back waits for the verdict, since answers overlap each other and the samples: which of them were certainly
 * given later is only known when all have come.
 */
import type { Follower, Kept, Suspicion } from '../../harness/api/follower.ts'
import type { Operation, Pair } from '../../harness/api/history.ts'
import type { Sample } from '../../harness/api/record.ts'
import type { ToldLeader } from '../../harness/vocabularies/election.ts'
import { leaderBy, saidOf } from './said.ts'
import { Terms } from './terms.ts'

const MOST_SUSPICIONS = 5

type Told = { readonly call: Pair } | { readonly sample: Sample }

export class ElectionFollower implements Follower {
  readonly waits = 'terms that go back'
  readonly #terms = new Terms<Told>()
  readonly #open = new Map<Operation['process'], Operation>()
  #found: (readonly [Told, Told])[] = []

  get kept(): Kept {
    return { things: this.#terms.size + this.#open.size, fingerprints: 0 }
  }

  operation(operation: Operation): void {
    const { process, type, f, value } = operation
    if (f !== 'leader') return
    const invocation = this.#open.get(process)
    if (type === 'invoke') this.#open.set(process, operation)
    else this.#open.delete(process)
    if (type !== 'ok' || invocation === undefined) return
    const { leader, term } = value as ToldLeader
    this.#tell(term, leader, { call: { invocation, completion: operation } })
  }

  sample(sample: Sample): void {
    for (const said of saidOf([sample])) {
      const { node, timeNs, status } = said
      const { role, term, leader } = status
      const by = {
        sample: { node, timeNs, status: { role, term, ...(leader === undefined ? {} : { leader }) } },
      }
      this.#tell(term, leaderBy(said), by)
    }
  }

  #tell(term: number, leader: string | null, by: Told): void {
    const other = leader === null ? null : this.#terms.tell(term, leader, by)
    if (other !== null && this.#found.length < MOST_SUSPICIONS) this.#found.push([other, by])
  }

  suspicions(): readonly Suspicion[] {
    const found = this.#found
    this.#found = []
    return found.map((two) => () => ({
      calls: two.flatMap((told) => ('call' in told ? [told.call] : [])),
      samples: two.flatMap((told) => ('sample' in told ? [told.sample] : [])),
    }))
  }
}
