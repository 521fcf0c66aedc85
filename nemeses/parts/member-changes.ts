/** Changes of the cluster's members through the target's own API, confirmed by the members that the leader reports. */
import type { ClusterNode } from '../../harness/api/environment.ts'
import type { NemesisContext } from '../../harness/api/nemesis.ts'
import type { MemberChange } from '../../harness/api/target.ts'
import { wipeData } from '../../harness/faults/data-dir.ts'
import { messageOf } from '../../harness/support/assert.ts'
import { waitUntil } from '../../harness/support/wait.ts'

/** Under this name nodes are held down that are not members. */
const HOLDER = 'not a member'
const STEP_TIMEOUT_MS = 5000
const BACK_TIMEOUT_MS = 10_000
const POLL_MS = 50
const SETTLE_TIMEOUT_MS = 15_000
const SETTLE_POLL_MS = 200
/** Number of polls in a row in which all nodes must be members; together longer than an election takes. */
const SETTLED_AFTER = 10

const isDone = (members: readonly string[], change: MemberChange): boolean =>
  members.includes(change.member) === (change.kind === 'add')

/** Makes changes one after another and records what the cluster reported about them. */
export class MemberChanges {
  readonly #context: NemesisContext
  readonly #lists: (readonly string[])[] = []
  readonly #done: string[] = []
  readonly #refused = new Set<string>()

  constructor(context: NemesisContext) {
    this.#context = context
  }

  async #members(): Promise<readonly string[] | null> {
    const leader = await this.#context.leader()
    return leader === null ? null : ((await this.#context.status(leader))?.members ?? null)
  }

  /** Repeats the change until the cluster's list shows it; false if that does not happen in time. */
  #make(change: MemberChange, timeoutMs: number): Promise<boolean> {
    const attempt = async (): Promise<boolean> => {
      const members = await this.#members()
      if (members === null) return false
      if (isDone(members, change)) {
        this.#lists.push(members)
        this.#done.push(`${change.kind} ${change.member}`)
        return true
      }
      await this.#context
        .changeMembers?.(change)
        .catch((error: unknown) => this.#refused.add(messageOf(error)))
      return false
    }
    return waitUntil(attempt, timeoutMs, POLL_MS, this.#context.signal)
  }

  /**
   * Removes a member and then kills its process.
   *
   * @param least the smallest number of members that may remain
   * @returns whether it is removed
   */
  async remove(node: ClusterNode, least: number): Promise<boolean> {
    const before = await this.#members()
    if (before === null || before.length - 1 < least || !before.includes(node.name)) return false
    if (this.#lists.length === 0) this.#lists.push(before)
    if (!(await this.#make({ kind: 'remove', member: node.name }, STEP_TIMEOUT_MS))) return false
    await node.takeDown(HOLDER, 'kill', this.#context.signal)
    return true
  }

  /** Adds a removed member again, like a new machine with the old name. */
  async replace(node: ClusterNode): Promise<void> {
    await node.disk?.losePower('all', 0)
    wipeData(node.hostDataDir)
    await this.#add(node, STEP_TIMEOUT_MS)
  }

  /** Starts the node first, because a new member must be reachable when the cluster counts on it. */
  async #add(node: ClusterNode, timeoutMs: number): Promise<void> {
    await node.bringUp(HOLDER, this.#context.signal)
    await this.#make({ kind: 'add', member: node.name }, timeoutMs)
  }

  /** Adds every node that is not a member, including nodes whose removal was not confirmed. */
  async addMissing(nodes: readonly ClusterNode[]): Promise<void> {
    for (const node of nodes) {
      await node.bringUp(HOLDER, this.#context.signal)
      if ((await this.#members())?.includes(node.name) !== true) await this.#add(node, BACK_TIMEOUT_MS)
    }
  }

  /** A removal that timed out may still happen later, so this adds missing nodes until all have been members for a while. */
  async settle(): Promise<void> {
    const { cluster, signal } = this.#context
    let inARow = 0
    const isSettled = async (): Promise<boolean> => {
      const members = await this.#members()
      const missing = cluster.nodes.filter(({ name }) => members?.includes(name) !== true)
      inARow = members !== null && missing.length === 0 ? inARow + 1 : 0
      for (const { name } of members === null ? [] : missing)
        await this.#make({ kind: 'add', member: name }, STEP_TIMEOUT_MS)
      return inARow >= SETTLED_AFTER
    }
    await waitUntil(isSettled, SETTLE_TIMEOUT_MS, SETTLE_POLL_MS, signal)
  }

  measure() {
    const [changes, refused] = [this.#done.length, this.#refused.size]
    const refusals = refused === 0 ? '' : `; refused meanwhile: ${[...this.#refused].join(', ')}`
    const lists = this.#lists.map((list) => list.toSorted().join(' ')).join(' | ')
    return {
      effective: changes > 0,
      summary:
        changes === 0
          ? `no member was changed${refusals}`
          : `${this.#done.join(', ')}; members ${lists}${refusals}`,
      measurements: { changes, refused },
    }
  }
}
