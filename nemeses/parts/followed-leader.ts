/**
 * Holds all packets between whichever node leads and the others until another node leads, and delays all others a little. A
 * leader needs a round trip to decide something; it is noticed and held within that time.
 */
import type { NemesisContext } from '../../harness/api/nemesis.ts'
import { Detour } from '../../harness/faults/packet/detour.ts'
import { sleep, startStopwatch } from '../../harness/support/wait.ts'
import { portsOfNodes, WELL } from './packet-trouble.ts'
import { hear, NOBODY_HELD, type Pursuit } from './pursuit.ts'

/** How often each node is asked whether it leads. */
const EVERY_MS = 10

/** How far the nodes had got in their log at some time; null: none tells. */
interface Position {
  readonly decided: number | null
  readonly atMs: number
}

const positionOf = async (
  { cluster, status }: NemesisContext,
  elapsedMs: () => number,
): Promise<Position> => {
  const statuses = await Promise.all(cluster.nodes.map(({ name }) => status(name)))
  const told = statuses.flatMap((each) => each?.commitIndex ?? each?.appliedIndex ?? [])
  return { decided: told.length === 0 ? null : Math.max(...told), atMs: elapsedMs() }
}

/** Null: nobody tells. */
const decidedPerS = (from: Position, to: Position): number | null =>
  from.decided === null || to.decided === null
    ? null
    : Math.round((10_000 * (to.decided - from.decided)) / (to.atMs - from.atMs)) / 10

const linksBetween = (names: readonly string[]): readonly string[] =>
  names.flatMap((from) => names.filter((to) => to !== from).map((to) => `${from}>${to}`))

export class FollowedLeader implements AsyncDisposable {
  readonly #context: NemesisContext
  readonly #detour: Detour
  readonly #elapsedMs: () => number
  readonly #before: Position
  readonly #start: Position
  #pursuit: Pursuit = NOBODY_HELD
  readonly #stop = new AbortController()
  #following: Promise<unknown> = Promise.resolve()

  private constructor(
    context: NemesisContext,
    detour: Detour,
    elapsedMs: () => number,
    before: Position,
    start: Position,
  ) {
    this.#context = context
    this.#detour = detour
    this.#elapsedMs = elapsedMs
    this.#before = before
    this.#start = start
  }

  /** Resolves when the leader is held, if there is one. */
  static async hold(context: NemesisContext, delayMs: number): Promise<FollowedLeader> {
    const elapsedMs = startStopwatch()
    const before = await positionOf(context, elapsedMs)
    const ports = portsOfNodes(context.cluster)
    const names = ports.map(({ name }) => name)
    const rules = Object.fromEntries(linksBetween(names).map((link) => [link, { ...WELL, delayMs }]))
    // Nothing is drawn: no rule has a share or a jitter.
    const detour = await Detour.open(ports, rules, 0)
    try {
      const start = await positionOf(context, elapsedMs)
      const followed = new FollowedLeader(context, detour, elapsedMs, before, start)
      await Promise.all(names.map((name) => followed.#ask(name)))
      followed.#follow()
      return followed
    } catch (error) {
      await detour[Symbol.asyncDispose]()
      throw error
    }
  }

  #follow(): void {
    this.#following = Promise.all(this.#context.cluster.nodes.map(({ name }) => this.#watch(name)))
    // The disposal awaits it, which may be much later.
    this.#following.catch(() => {})
  }

  /** Each node is asked by itself: one that answers late must not hide one that leads. */
  async #watch(node: string): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      await sleep(EVERY_MS, signal).catch(() => {})
      if (!signal.aborted) await this.#ask(node)
    }
  }

  async #ask(node: string): Promise<void> {
    const status = await this.#context.status(node)
    const before = this.#pursuit.turns
    this.#pursuit = hear(this.#pursuit, node, status)
    const { turns } = this.#pursuit
    if (turns !== before && !this.#stop.signal.aborted) await this.#detour.hold(this.#linksOf(turns.at(-1)))
  }

  #linksOf(held: string | undefined): readonly string[] {
    const links = linksBetween(this.#context.cluster.nodes.map(({ name }) => name))
    return links.filter((link) => link.split('>').some((end) => end === held))
  }

  async measure() {
    const [{ packets, totalMs, longestMs }, now] = await Promise.all([
      this.#detour.countHeld(),
      positionOf(this.#context, this.#elapsedMs),
    ])
    const { turns } = this.#pursuit
    const meanMs = packets === 0 ? 0 : Math.round(totalMs / packets)
    const rates = { before: decidedPerS(this.#before, this.#start), during: decidedPerS(this.#start, now) }
    const progress =
      rates.during === null
        ? 'no node tells how much is decided'
        : `decided ${rates.during} a second, ${rates.before} before`
    const who = turns.length === 0 ? 'nobody led' : `held ${turns.join(', ')}`
    return {
      effective: packets > 0,
      summary: `${who}; ${packets} packets late by ${meanMs} ms, the longest by ${Math.round(longestMs)} ms; ${progress}`,
      measurements: {
        held: turns.length,
        deposed: Math.max(0, turns.length - 1),
        packets,
        meanMs,
        longestMs: Math.round(longestMs),
        ...(rates.during === null ? {} : { decidedPerS: rates.during }),
        ...(rates.before === null ? {} : { decidedPerSBefore: rates.before }),
      },
    }
  }

  /** Lets all packets go. What is on its way when the detour ends is sent again by TCP. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    try {
      await this.#following
      await this.#detour.hold([])
    } finally {
      await this.#detour[Symbol.asyncDispose]()
    }
  }
}
