/**
 * Holds all packets between whichever node leads and the others until another node leads, and delays all others a little. A
 * leader needs a round trip to decide something; it is noticed and held within that time.
 */
import type { Effect, NemesisContext } from '../../harness/api/nemesis.ts'
import { Detour } from '../../harness/faults/packet/detour.ts'
import { sleep } from '../../harness/support/wait.ts'
import { Decisions } from './decisions.ts'
import { portsOfNodes, WELL } from './packet-trouble.ts'
import { hear, NOBODY_HELD, type Pursuit } from './pursuit.ts'

/** How often each node is asked whether it leads. */
const EVERY_MS = 10

const linksBetween = (names: readonly string[]): readonly string[] =>
  names.flatMap((from) => names.filter((to) => to !== from).map((to) => `${from}>${to}`))

export class FollowedLeader implements AsyncDisposable {
  readonly #context: NemesisContext
  readonly #detour: Detour
  readonly #decisions: Decisions
  #pursuit: Pursuit = NOBODY_HELD
  readonly #stop = new AbortController()
  #following: Promise<unknown> = Promise.resolve()

  private constructor(context: NemesisContext, detour: Detour, decisions: Decisions) {
    this.#context = context
    this.#detour = detour
    this.#decisions = decisions
  }

  /** Resolves when the leader is held, if there is one. */
  static async hold(context: NemesisContext, delayMs: number): Promise<FollowedLeader> {
    const decisions = await Decisions.watch(context)
    const ports = portsOfNodes(context.cluster)
    const names = ports.map(({ name }) => name)
    const rules = Object.fromEntries(linksBetween(names).map((link) => [link, { ...WELL, delayMs }]))
    // Nothing is drawn: no rule has a share or a jitter.
    const detour = await Detour.open(ports, rules, 0)
    try {
      await decisions.begin()
      const followed = new FollowedLeader(context, detour, decisions)
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

  async measure(): Promise<Effect> {
    const [{ packets, totalMs, longestMs }, progress] = await Promise.all([
      this.#detour.countHeld(),
      this.#decisions.measure(),
    ])
    const { turns } = this.#pursuit
    const meanMs = packets === 0 ? 0 : Math.round(totalMs / packets)
    const who = turns.length === 0 ? 'nobody led' : `held ${turns.join(', ')}`
    return {
      effective: packets > 0,
      summary: `${who}; ${packets} packets late by ${meanMs} ms, the longest by ${Math.round(longestMs)} ms; ${progress.text}`,
      measurements: {
        held: turns.length,
        deposed: Math.max(0, turns.length - 1),
        packets,
        meanMs,
        longestMs: Math.round(longestMs),
        ...progress.measurements,
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
