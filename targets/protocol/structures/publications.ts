/** Indexes: the version of each shard. */
import type { Call } from '../../../harness/api/history.ts'
import type {
  PublicationCall,
  Published,
  PublishedVersions,
} from '../../../harness/vocabularies/publication.ts'
import { DigestMap, type MakeStructure, type Structure } from './structure.ts'

export class Publications implements Structure {
  protected readonly shards: DigestMap<number, readonly number[]>

  constructor(saved: readonly [number, readonly number[]][]) {
    this.shards = new DigestMap(saved)
  }

  get digest(): number {
    return this.shards.digest
  }

  execute(raw: Call): Published | PublishedVersions {
    const call = raw as PublicationCall
    if (call.f === 'read') return this.read(call)
    const { index, version, shards } = call.value
    const published = version > (this.shards.get(index)?.[0] ?? Number.NEGATIVE_INFINITY)
    if (published) this.shards.set(index, Array(shards).fill(version))
    return { index, version, published }
  }

  read(call: Call): PublishedVersions {
    const { index } = call.value as { index: number }
    return { index, versions: this.shards.get(index) ?? [] }
  }

  save(): unknown {
    return this.shards.entries()
  }
}

export const publications: MakeStructure = (saved) =>
  new Publications((saved ?? []) as [number, readonly number[]][])
