/**
 * The digests that nodes report while a run goes on. Two that differ at one position differ for good. For each of the positions
 * that were told last, the first report is kept; one that comes back to an older position is not compared any more. A node that
 * has applied other entries has another digest at every later position, too, so whoever is late is compared at the next position
 * that is still known.
 */
import type { Follower, Kept, Suspicion } from '../../harness/api/follower.ts'
import type { Sample } from '../../harness/api/record.ts'
import { ForgetfulMap } from '../forgetful-map.ts'
import { type DigestAt, digestsOf, keyOf } from './digests.ts'

/** Half of them are always known: as many as are compared of a run whose samples are thinned. */
const MOST_POSITIONS = 60_000

interface Report extends DigestAt {
  readonly role: NonNullable<Sample['status']>['role']
  readonly term: number | undefined
}

const asSample = ({ position, basis, seen: { node, timeNs, digest }, role, term }: Report): Sample => ({
  ...{ node, timeNs },
  status: {
    role,
    ...(term === undefined ? {} : { term }),
    ...{ digest, digestAt: position },
    ...(basis === '' ? {} : { digestBasis: basis }),
  },
})

export class AgreementFollower implements Follower {
  readonly #reports: ForgetfulMap<string, Report>
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
    for (const told of digestsOf(sample)) {
      const key = keyOf(told)
      const first = this.#reports.get(key)
      const report = { ...told, role, term }
      if (first === undefined) this.#reports.set(key, report)
      else if (first.seen.digest !== told.seen.digest) this.#found ??= [asSample(first), asSample(report)]
    }
  }

  suspicions(): readonly Suspicion[] {
    if (this.#found === null || this.#isTold) return []
    const samples = this.#found
    this.#isTold = true
    return [() => ({ samples })]
  }
}
