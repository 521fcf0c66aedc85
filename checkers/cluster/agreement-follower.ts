/**
 * The digests that nodes report while a run goes on. Two that differ at one position differ for good. For each of the positions
 * that were told last, the first report is kept; one that comes back to an older position is not compared any more. A node that
 * has applied other entries has another digest at every later position, too, so whoever is late is compared at the next position
 * that is still known.
 */
import type { Follower, Kept, Suspicion } from '../../harness/api/follower.ts'
import type { Sample } from '../../harness/api/record.ts'
import { ForgetfulMap } from '../forgetful-map.ts'
import { digestsOf } from './digests.ts'

/** Half of them are always known: as many as are compared of a run whose samples are thinned. */
const MOST_POSITIONS = 60_000

interface Report {
  readonly digest: string
  readonly node: string
  readonly timeNs: number
  readonly role: NonNullable<Sample['status']>['role']
  readonly term: number | undefined
}

const asSample = (position: number, { digest, node, timeNs, role, term }: Report): Sample => ({
  ...{ node, timeNs },
  status: { role, ...(term === undefined ? {} : { term }), digest, digestAt: position },
})

export class AgreementFollower implements Follower {
  readonly #reports: ForgetfulMap<number, Report>
  #found: readonly Sample[] | null = null
  /** Once states differ, they differ at every later position. */
  #isTold = false

  constructor(mostPositions = MOST_POSITIONS) {
    this.#reports = new ForgetfulMap(mostPositions)
  }

  get kept(): Kept {
    return { things: this.#reports.size, fingerprints: 0 }
  }

  sample(sample: Sample): void {
    if (this.#isTold || sample.status === null) return
    const { role, term } = sample.status
    for (const { position, seen } of digestsOf(sample)) {
      const first = this.#reports.get(position)
      const report = { ...seen, role, term }
      if (first === undefined) this.#reports.set(position, report)
      else if (first.digest !== seen.digest)
        this.#found ??= [asSample(position, first), asSample(position, report)]
    }
  }

  suspicions(): readonly Suspicion[] {
    if (this.#found === null || this.#isTold) return []
    const samples = this.#found
    this.#isTold = true
    return [() => ({ samples })]
  }
}
