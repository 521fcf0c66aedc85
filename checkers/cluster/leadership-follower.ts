/**
 * Elections as the nodes report them while a run goes on.
 *
 * - Two leaders that were told of one term stay told. The first one of each of the latest terms is kept.
 * - A term that goes back: two reports of one node, the later one in a lower term, with no fault that explains it in between.
 *   In the whole, the later report is compared with one in a term at least as high as the first's, and not before it: a report
 *   that a fault explains takes its place only if the fault acted between the two. A fault that is planned, and of which it is not known
 *   yet whom it hits, explains it for all nodes (`mayStartAnew`), so what it does not explain now it will not explain later.
 *   Of each node the report with the highest term is kept, or the last that was lower.
 */
import type { Follower, Kept, Suspicion } from '../../harness/api/follower.ts'
import type { Sample } from '../../harness/api/record.ts'
import { ForgetfulMap } from '../forgetful-map.ts'
import { leaderBy, type Said, saidOf } from './said.ts'
import { Terms } from './terms.ts'

const MOST_NODES = 1000
/** That are shown of one look. */
const MOST_SUSPICIONS = 5

/** Only what is judged. */
const bare = ({ node, timeNs, status }: Said): Sample => {
  const { role, term, leader } = status
  return { node, timeNs, status: { role, term, ...(leader === undefined ? {} : { leader }) } }
}

export class LeadershipFollower implements Follower {
  readonly #terms = new Terms<Sample>()
  readonly #highest = new ForgetfulMap<string, Said>(MOST_NODES)
  #found: (readonly Sample[])[] = []

  get kept(): Kept {
    return { things: this.#terms.size + this.#highest.size, fingerprints: 0 }
  }

  sample(sample: Sample): void {
    for (const said of saidOf([sample])) {
      const leader = leaderBy(said)
      const other = leader === null ? null : this.#terms.tell(said.status.term, leader, bare(said))
      if (other !== null) this.#suspect(other, bare(said))
      this.#compare(said)
    }
  }

  #compare(said: Said): void {
    const before = this.#highest.get(said.node)
    // It was recorded late.
    if (before !== undefined && said.timeNs <= before.timeNs) return
    if (before !== undefined && said.status.term < before.status.term) this.#suspect(bare(before), bare(said))
    this.#highest.set(said.node, {
      ...said,
      status: { ...bare(said).status, term: said.status.term } as Said['status'],
    })
  }

  #suspect(...samples: readonly Sample[]): void {
    if (this.#found.length < MOST_SUSPICIONS) this.#found.push(samples)
  }

  suspicions(): readonly Suspicion[] {
    const found = this.#found
    this.#found = []
    return found.map((samples) => () => ({ samples }))
  }
}
