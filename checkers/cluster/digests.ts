/** The digests of their state that nodes report, by position of the replicated log: which nodes are alone with theirs, and since when. */
import type { Sample } from '../../harness/api/record.ts'
import type { NodeReport, OddNode } from '../../harness/api/verdict.ts'

export interface Digest {
  readonly node: string
  readonly digest: string
  readonly timeNs: number
}

/** Where digests are comparable. */
interface Place {
  readonly position: number
  /** Empty: nothing else. */
  readonly basis: string
}

export interface DigestAt extends Place {
  readonly seen: Digest
}

/** Equal for places whose digests are comparable. */
export const keyOf = ({ position, basis }: Place): string => `${position} ${basis}`

export const digestsOf = ({ node, timeNs, status }: Sample): readonly DigestAt[] => {
  const basis = status?.digestBasis ?? ''
  const earlier = Object.entries(status?.earlierDigests ?? {}).map(([position, digest]) => ({
    position: Number(position),
    basis,
    seen: { node, timeNs, digest },
  }))
  if (status?.digest === undefined || status.digestAt === undefined) return earlier
  return [...earlier, { position: status.digestAt, basis, seen: { node, timeNs, digest: status.digest } }]
}

/** `follower in term 3, digest 8d52 at position 15`. */
const reportOf = ({ timeNs, status }: Sample, position?: number, digest?: string): NodeReport => {
  const term = status?.term === undefined ? '' : ` in term ${status.term}`
  return {
    timeNs,
    text: `${status?.role ?? 'unknown'}${term}, digest ${digest} at position ${position}`,
  }
}

type Agrees = 'right' | 'wrong' | 'alone'

/**
 * The digest that more nodes than any other reported for a position is taken as the right one. Without one that more nodes
 * reported, each is wrong: nothing tells which of them is not.
 */
export class Digests {
  readonly #samples: readonly Sample[]
  /** Key of a place -> digest -> the nodes that reported it. */
  readonly #nodes = new Map<string, Map<string, Set<string>>>()

  constructor(samples: readonly Sample[]) {
    this.#samples = samples
    for (const told of samples.flatMap(digestsOf)) {
      const { seen } = told
      const at = this.#nodes.get(keyOf(told)) ?? new Map<string, Set<string>>()
      this.#nodes.set(keyOf(told), at.set(seen.digest, (at.get(seen.digest) ?? new Set()).add(seen.node)))
    }
  }

  #agrees({ seen: { digest }, ...place }: DigestAt): Agrees {
    const at = this.#nodes.get(keyOf(place)) ?? new Map<string, Set<string>>()
    const own = at.get(digest)?.size ?? 0
    if (at.size < 2) return own > 1 ? 'right' : 'alone'
    const others = [...at].filter(([other]) => other !== digest).map(([, nodes]) => nodes.size)
    return own > Math.max(...others) ? 'right' : 'wrong'
  }

  /** Nodes that reported a wrong digest there. */
  wrongAt(place: Place): readonly string[] {
    return [...(this.#nodes.get(keyOf(place)) ?? [])].flatMap(([digest, nodes]) =>
      [...nodes].filter((node) => this.#agrees({ ...place, seen: { node, digest, timeNs: 0 } }) === 'wrong'),
    )
  }

  /** Null: no digest that the node reported was wrong. */
  odd(node: string): OddNode | null {
    const own = this.#samples.filter((sample) => sample.node === node)
    const wrong = own.findIndex((sample) => this.#wrongIn(sample) !== undefined)
    const [bad, told] = [own[wrong], own[wrong] && this.#wrongIn(own[wrong])]
    if (bad === undefined || told === undefined) return null
    // A node can stay at its last right position for long: what happened to it since it got there counts.
    const last = own.slice(0, wrong).findLast((sample) => this.#isRight(sample))
    const good = own.find(({ status }) => last !== undefined && status?.digestAt === last.status?.digestAt)
    return {
      node,
      good: good === undefined ? null : reportOf(good, good.status?.digestAt, good.status?.digest),
      bad: reportOf(bad, told.position, told.seen.digest),
    }
  }

  #wrongIn(sample: Sample): DigestAt | undefined {
    return digestsOf(sample).find((told) => this.#agrees(told) === 'wrong')
  }

  #isRight(sample: Sample): boolean {
    return digestsOf(sample).some(
      (told) => told.position === sample.status?.digestAt && this.#agrees(told) === 'right',
    )
  }
}
