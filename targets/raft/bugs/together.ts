/** The log is right, and what belongs together comes apart: shards of an index, parts of an answer, parties of a barrier. */
import type { Call } from '../../../harness/api/history.ts'
import { BARRIER } from '../../../harness/vocabularies/barrier.ts'
import {
  PUBLICATION,
  type PublicationCall,
  type Published,
  type PublishedVersions,
} from '../../../harness/vocabularies/publication.ts'
import { type Found, SEARCH } from '../../../harness/vocabularies/search.ts'
import { Barriers } from '../../protocol/structures/barriers.ts'
import { Collections } from '../../protocol/structures/collections.ts'
import { Publications } from '../../protocol/structures/publications.ts'
import type { BugDefinition } from './definition.ts'

type Lists = readonly [number, readonly number[]][]

class CheckedTooLate extends Publications {
  override execute(raw: Call): Published | PublishedVersions {
    const call = raw as PublicationCall
    const answer = super.execute(raw)
    if (call.f === 'read' || (answer as Published).published) return answer
    const { index, version } = call.value
    const [newest = version, , ...rest] = this.shards.get(index) ?? []
    this.shards.set(index, [newest, version, ...rest])
    return answer
  }
}

/** Each shard is written before it is known whether the version is refused, and one is not taken back. */
export const refusedHalfPublished: BugDefinition = {
  description: 'a publication that is refused has already replaced one shard',
  workload: 'publication',
  realRun: { args: '--time-limit 8s' },
  machine: { structures: { [PUBLICATION.name]: (saved) => new CheckedTooLate((saved ?? []) as Lists) } },
}

const SHARDS = 8

class SilentShard extends Collections {
  override read(call: Call): Found {
    const found = super.read(call)
    return { ...found, elements: found.elements.filter((element) => element % SHARDS !== 0) }
  }
}

/** Nobody asks whether an empty answer is one. */
export const silentShardIsEmpty: BugDefinition = {
  description: 'a shard that does not answer a query counts as empty, and the answer is called complete',
  workload: 'search',
  realRun: { args: '--time-limit 8s' },
  machine: { structures: { [SEARCH.name]: (saved) => new SilentShard((saved ?? []) as Lists) } },
}

class CountedArrivals extends Barriers {
  protected override arrive(barrier: number, party: number): void {
    this.arrived.set(barrier, [...(this.arrived.get(barrier) ?? []), party])
  }
}

/** A party that starts again arrives again. */
export const arrivalsCounted: BugDefinition = {
  description: 'a barrier counts arrivals, so a party that arrives twice stands for one that is missing',
  workload: 'barrier',
  realRun: { args: '--time-limit 8s' },
  machine: { structures: { [BARRIER.name]: (saved) => new CountedArrivals((saved ?? []) as Lists) } },
}
