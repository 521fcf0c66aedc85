/**
 * Where a term or an index that a node reports goes back. A term and a snapshot must outlive a restart (Raft, section 5.2 and
 * 7); what is known to be committed and what is applied may be learned and replayed again after one.
 */
import type { Sample } from '../api/record.ts'
import type { NodeStatus } from '../api/target.ts'
import { NS_PER_MS } from '../support/time.ts'

const WATCHED = {
  term: 'term',
  snapshotIndex: 'snapshot',
  commitIndex: 'committed',
  appliedIndex: 'applied',
} as const satisfies Partial<Record<keyof NodeStatus, string>>

type Watched = keyof typeof WATCHED

const FIELDS = Object.keys(WATCHED) as readonly Watched[]

export interface PageSetback {
  readonly node: string
  /** Of the sample that shows it, among those of the node, from 1. */
  readonly number: number
  readonly atMs: number
  readonly what: (typeof WATCHED)[Watched]
  /** When the node reported the higher one last. */
  readonly beforeMs: number
  readonly from: number
  readonly to: number
  /** The node did not answer in between: it may have been restarted. */
  readonly isAfterSilence: boolean
}

interface Told {
  readonly value: number
  readonly atMs: number
}

/** What one node has said so far. */
class Watch {
  readonly #node: string
  readonly #last = new Map<Watched, Told>()
  #number = 0
  #silentMs = Number.NEGATIVE_INFINITY

  constructor(node: string) {
    this.#node = node
  }

  next({ timeNs, status, leftOut = 0 }: Sample): readonly PageSetback[] {
    this.#number += 1 + leftOut
    const atMs = timeNs / NS_PER_MS
    if (status !== null) return FIELDS.flatMap((field) => this.#field(field, status[field], atMs))
    this.#silentMs = atMs
    return []
  }

  #field(field: Watched, value: number | undefined, atMs: number): readonly PageSetback[] {
    if (value === undefined) return []
    const before = this.#last.get(field)
    this.#last.set(field, { value, atMs })
    if (before === undefined || value >= before.value) return []
    return [
      {
        node: this.#node,
        number: this.#number,
        atMs,
        what: WATCHED[field],
        beforeMs: before.atMs,
        from: before.value,
        to: value,
        isAfterSilence: this.#silentMs > before.atMs,
      },
    ]
  }
}

/** In order of time. @param samples in order of time */
export const setbacksOf = (samples: readonly Sample[]): readonly PageSetback[] => {
  const watches = new Map<string, Watch>()
  return samples.flatMap((sample) => {
    const watch = watches.get(sample.node) ?? new Watch(sample.node)
    watches.set(sample.node, watch)
    return watch.next(sample)
  })
}
