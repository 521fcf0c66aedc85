/**
 * A partition that follows the leader: whenever another one is elected, its side is cut off in place of the side that was,
 * before it has told the others much. So logs diverge again and again, which is how Raft's figure 8 comes about.
 */
import type { NemesisContext } from '../../harness/api/nemesis.ts'
import { addRules, chainName, countPackets, removeRules, setInForce } from '../../harness/faults/iptables.ts'
import { sleep } from '../../harness/support/wait.ts'
import type { RulesAt } from './packet-rules.ts'
import { measureThenUndo } from './scheduled-nemesis.ts'

/** How soon another leader is seen. */
const EVERY_MS = 10

/** The rules that cut off one side, under a name of their own: put in once, then in and out of force. */
interface Cut {
  readonly name: string
  readonly places: readonly RulesAt[]
}

interface SeesawOptions {
  readonly id: string
  /** Whom to cut off where that node leads. */
  readonly sideOf: (leader: string) => readonly string[]
  readonly rulesFor: (side: readonly string[]) => readonly RulesAt[]
  /** Where nobody leads yet. */
  readonly first: string
}

class Seesaw {
  readonly #options: SeesawOptions
  /** Side -> its cut. */
  readonly #cuts = new Map<string, Cut>()
  #current: Cut | null = null
  #turns = 0

  constructor(options: SeesawOptions) {
    this.#options = options
  }

  /** The new side is cut off before the other one is let in again. */
  async follow(leader: string): Promise<void> {
    const side = this.#options.sideOf(leader)
    const key = side.toSorted().join(' ')
    const known = this.#cuts.get(key)
    if (known !== undefined && known === this.#current) return
    const cut = known ?? this.#make(side)
    this.#cuts.set(key, cut)
    const { name, places } = cut
    await Promise.all(
      places.map(({ node, rules }) =>
        known === undefined ? addRules(node, name, rules) : setInForce(node, name, true),
      ),
    )
    const before = this.#current
    this.#current = cut
    this.#turns++
    if (before !== null) await setAll(before, false)
  }

  #make(side: readonly string[]): Cut {
    const { id, rulesFor } = this.#options
    const places = rulesFor(side).filter(({ rules }) => rules.length > 0)
    return { name: chainName(`${id}-${this.#cuts.size}`), places }
  }

  async measure() {
    const counts = await Promise.all(
      [...this.#cuts.values()].flatMap(({ name, places }) =>
        places.map(({ node }) => countPackets(node, name)),
      ),
    )
    const packets = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0)
    return {
      effective: packets > 0,
      summary: `${packets} packets dropped, the leader's side cut off ${this.#turns} times`,
      measurements: { packets, turns: this.#turns },
    }
  }

  async remove(): Promise<void> {
    for (const { name, places } of this.#cuts.values())
      await Promise.all(places.map(({ node }) => removeRules(node, name)))
  }
}

const setAll = async ({ name, places }: Cut, inForce: boolean): Promise<void> => {
  await Promise.all(places.map(({ node }) => setInForce(node, name, inForce)))
}

const followLeaders = async (seesaw: Seesaw, context: NemesisContext, stop: AbortSignal): Promise<void> => {
  while (!stop.aborted) {
    const leader = await context.leader()
    if (leader !== null && !stop.aborted) await seesaw.follow(leader)
    await sleep(EVERY_MS, stop).catch(() => {})
  }
}

export const seesawFault = async (context: NemesisContext, options: SeesawOptions) => {
  const seesaw = new Seesaw(options)
  await seesaw.follow((await context.leader()) ?? options.first)
  const stop = new AbortController()
  const following = followLeaders(seesaw, context, stop.signal)
  // It is awaited by the heal, which may be long after.
  following.catch(() => {})
  const heal = () => {
    stop.abort()
    return measureThenUndo(
      async () => {
        await following
        return seesaw.measure()
      },
      () => seesaw.remove(),
    )
  }
  return { victims: context.cluster.nodes, measure: () => seesaw.measure(), heal }
}
