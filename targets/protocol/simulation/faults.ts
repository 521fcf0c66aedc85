/** Faults of a simulated run: drawn from a seed as the run goes on, or given. They overlap, and each ends by itself. */
import type { Rng } from '../../../harness/api/random.ts'
import type { SimulatedFault } from '../../../harness/api/simulation.ts'
import type { NodeId } from '../commands.ts'
import type { World } from './world.ts'

/** Messages on these links are lost. A link is written `n1>n2`: from n1 to n2. */
interface Cut extends SimulatedFault {
  readonly kind: 'cut'
  readonly links: readonly string[]
}

interface Crash extends SimulatedFault {
  readonly kind: 'crash'
  readonly node: NodeId
  /** Whether what it has not synced is lost. */
  readonly losesPower: boolean
}

interface Pause extends SimulatedFault {
  readonly kind: 'pause'
  readonly node: NodeId
}

export type ClusterFault = Cut | Crash | Pause

const DRAWN = ['partition', 'isolate', 'crash', 'crashMany', 'pause', 'oneway', 'churn'] as const
type Drawn = (typeof DRAWN)[number]

/** Cuts of leaders in a row. */
const CHURN_ROUNDS = 8

const begin = (world: World, fault: ClusterFault): void => {
  if (fault.kind === 'cut') world.cut(fault.links)
  else if (fault.kind === 'pause') world.pause(fault.node)
  else world.crash(fault.node, fault.losesPower)
}

const end = (world: World, fault: ClusterFault): void => {
  if (fault.kind === 'cut') world.heal(fault.links)
  else if (fault.kind === 'pause') world.resume(fault.node)
  else world.restart(fault.node)
}

/** Both directions between one side and all other nodes. */
const around = (world: World, side: readonly NodeId[]): readonly string[] =>
  side.flatMap((a) => world.ids.filter((id) => !side.includes(id)).flatMap((b) => [`${a}>${b}`, `${b}>${a}`]))

export class Faults {
  readonly #world: World
  readonly #made: ClusterFault[] = []

  constructor(world: World) {
    this.#world = world
  }

  /** As they came about, earliest first. */
  get made(): readonly ClusterFault[] {
    return this.#made
  }

  /** Those of a plan. */
  schedule(faults: readonly ClusterFault[]): void {
    for (const fault of faults) this.#world.beginFault(fault.atTick, () => this.#inject(fault))
  }

  /** Until shortly before the end. */
  draw(rng: Rng, ticks: number): void {
    for (let at = 60; at < ticks - 200; ) {
      const kind = rng.pick(DRAWN)
      const lasts = 20 + rng.int(120)
      const draw = rng.fork(at)
      this.#world.beginFault(at, () => this.#injectDrawn(draw, kind, lasts))
      at += 20 + rng.int(110)
    }
  }

  #inject(fault: ClusterFault): void {
    this.#made.push(fault)
    begin(this.#world, fault)
    this.#world.endFault(fault.atTick + fault.lastsTicks, () => end(this.#world, fault))
  }

  #cut(links: readonly string[], lastsTicks: number): void {
    this.#inject({ kind: 'cut', atTick: this.#world.now, lastsTicks, links })
  }

  /** Cuts off one leader after another, alone or with one follower, once it may have accepted a request (figure 8). */
  #churn(rng: Rng, rounds: number): void {
    if (rounds === 0) return
    const leader = this.#world.leader()
    const others = this.#world.ids.filter((id) => id !== leader)
    const side = leader === null ? [] : rng.float() < 0.5 ? [leader] : [leader, rng.pick(others)]
    const lasts = 15 + rng.int(50)
    if (side.length > 0) this.#cut(around(this.#world, side), lasts)
    this.#world.beginFault(this.#world.now + lasts, () => this.#churn(rng, rounds - 1))
  }

  #injectDrawn(rng: Rng, kind: Drawn, lasts: number): void {
    const world = this.#world
    const ids = rng.shuffle(world.ids)
    const leader = world.leader()
    const victim = leader !== null && rng.float() < 0.6 ? leader : (ids[0] as NodeId)
    const others = world.ids.filter((id) => id !== victim)
    if (kind === 'partition' || kind === 'isolate') {
      const side = kind === 'isolate' ? [victim] : [victim, ...rng.shuffle(others).slice(0, 1)]
      this.#cut(around(world, side), lasts)
    } else if (kind === 'oneway') {
      this.#cut(
        others.map((id) => `${id}>${victim}`),
        lasts,
      )
    } else if (kind === 'churn') {
      this.#churn(rng, CHURN_ROUNDS)
    } else if (kind === 'pause') {
      this.#inject({ kind, atTick: world.now, lastsTicks: lasts, node: victim })
    } else {
      const victims = kind === 'crash' ? [victim] : ids.slice(0, 1 + rng.int(ids.length))
      const losesPower = rng.float() < 0.7
      const down = rng.float() < 0.5 ? 2 : lasts
      for (const node of victims)
        this.#inject({
          kind: 'crash',
          atTick: world.now,
          lastsTicks: down + rng.int(5),
          node,
          losesPower,
        })
    }
  }
}

/** The nodes that hear nothing of some others, and which. */
const cutText = ({ links }: Cut): string => {
  const pairs = links.map((link) => link.split('>') as [NodeId, NodeId])
  const bySender = [...Map.groupBy(pairs, ([from]) => from)].map(
    ([from, those]) => `${from} to ${those.map(([, to]) => to).join('+')}`,
  )
  return `messages are lost from ${bySender.join(', ')}`
}

export const describeFault = (fault: ClusterFault): string => {
  if (fault.kind === 'cut') return cutText(fault)
  if (fault.kind === 'pause') return `${fault.node} is paused`
  return `${fault.node} crashes${fault.losesPower ? ' and loses what is not synced' : ''}`
}
