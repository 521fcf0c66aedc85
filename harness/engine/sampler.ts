/** Samples the status of the nodes through the control path, and finds the current leader. */
import type { ClusterNode } from '../api/environment.ts'
import type { RunFacts, Sample } from '../api/record.ts'
import type { NodeStatus, Target } from '../api/target.ts'
import { FirstAndLast } from '../support/first-and-last.ts'
import { sleep } from '../support/wait.ts'

/** Period and timeout together are at most half a second, so that silent nodes too are sampled twice a second. */
const PERIOD_MS = 200
const TIMEOUT_MS = 300
/** Time that the other nodes have to answer once a leader has. */
const OTHERS_MS = 30

export class Sampler implements AsyncDisposable {
  readonly #target: Pick<Target, 'status'>
  readonly #nodes: readonly ClusterNode[]
  readonly #clock: () => number
  readonly #record: (sample: Sample) => void
  #timer: NodeJS.Timeout | undefined
  #round: Promise<void> = Promise.resolve()
  #stopped = false

  constructor(
    target: Pick<Target, 'status'>,
    nodes: readonly ClusterNode[],
    clock: () => number,
    record: (sample: Sample) => void,
  ) {
    this.#target = target
    this.#nodes = nodes
    this.#clock = clock
    this.#record = record
    if (target.status !== undefined) this.#next()
  }

  #next(): void {
    this.#timer = setTimeout(() => {
      this.#round = this.sampleAll().then(() => {
        if (!this.#stopped) this.#next()
      })
    }, PERIOD_MS)
  }

  /** Takes one sample of every node. */
  async sampleAll(): Promise<readonly Sample[]> {
    return Promise.all(
      this.#nodes.map(async (node) => {
        const status = await this.#statusOf(node)
        const sample = { timeNs: this.#clock(), node: node.name, status }
        if (!this.#stopped) this.#record(sample)
        return sample
      }),
    )
  }

  async #statusOf(node: ClusterNode): Promise<NodeStatus | null> {
    try {
      const endpoint = { node: node.name, address: node.address }
      return (await this.#target.status?.(endpoint, AbortSignal.timeout(TIMEOUT_MS))) ?? null
    } catch {
      return null
    }
  }

  /** The node's current status, by a new request; null if it does not answer. */
  async status(name: string): Promise<NodeStatus | null> {
    const node = this.#nodes.find((candidate) => candidate.name === name)
    return node === undefined ? null : this.#statusOf(node)
  }

  /**
   * The node that now reports that it leads, by new requests; of several, the one with the highest term. Silent nodes are
   * waited for only until a leader has answered and the others had the time to.
   */
  async leader(): Promise<string | null> {
    const leaders: { readonly node: string; readonly term: number }[] = []
    const found = Promise.withResolvers<void>()
    const answers = this.#nodes.map(async (node) => {
      const status = await this.#statusOf(node)
      if (status?.role !== 'leader') return
      leaders.push({ node: node.name, term: status.term ?? 0 })
      found.resolve()
    })
    await Promise.race([Promise.all(answers), found.promise.then(() => sleep(OTHERS_MS))])
    return leaders.toSorted((a, b) => b.term - a.term)[0]?.node ?? null
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#round
  }
}

/** Whether replicas report different digests of their state, or only some of them report one. */
export const areApart = (samples: readonly Sample[]): boolean => {
  const states = samples.map(({ status }) =>
    status?.digestAt === undefined ? null : `${status.digest} at ${status.digestAt}`,
  )
  return states.some((state) => state !== null) && new Set(states).size > 1
}

/** So many changes of the leader are recorded of the first, and as many of the last: a cluster may elect all day. */
const MOST_CHANGES = 1000

/** The first sample of a leader in each term that is higher than all before. The first leader is not a change. */
export class LeaderChanges {
  readonly #changes: FirstAndLast<RunFacts['leaderChanges'][number]>
  #highest = -1
  #hasLed = false

  constructor(most = MOST_CHANGES) {
    this.#changes = new FirstAndLast(most)
  }

  sampled({ timeNs, node, status }: Sample): void {
    const term = status?.term ?? -1
    if (status?.role !== 'leader' || term <= this.#highest) return
    this.#highest = term
    if (this.#hasLed) this.#changes.add({ timeNs, term, leader: node })
    this.#hasLed = true
  }

  facts(): Pick<RunFacts, 'leaderChanges' | 'leaderChangesLeftOut'> {
    const { leftOut } = this.#changes
    return {
      leaderChanges: this.#changes.list(),
      ...(leftOut === 0 ? {} : { leaderChangesLeftOut: leftOut }),
    }
  }
}
