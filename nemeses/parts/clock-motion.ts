/** How the clocks of some nodes move while a fault is in force: a constant skew, or one that changes over time. */
import type { ClusterNode } from '../../harness/api/environment.ts'
import type { NemesisContext } from '../../harness/api/nemesis.ts'
import { NodeClocks } from '../../harness/faults/clock/node-clocks.ts'
import { hostTimeNs } from '../../harness/faults/clock/process-clock.ts'
import { NO_SKEW, type Skew } from '../../harness/faults/clock/stub.ts'
import { signal } from '../../harness/faults/proc.ts'
import { NS_PER_MS } from '../../harness/support/time.ts'
import { sleep } from '../../harness/support/wait.ts'

export const CLOCK_MODES = ['bump', 'jump-back', 'drift', 'strobe', 'freeze', 'suspend'] as const

interface ClockMotion {
  readonly mode: (typeof CLOCK_MODES)[number]
  readonly offsetMs: number
  /** Parts per million, gained or lost. */
  readonly ratePpm: number
  /** How long a suspended node stops. */
  readonly suspendMs: number
}

const STROBE_EVERY_MS = 25

const skewOf = ({ mode, offsetMs, ratePpm }: ClockMotion): Skew => {
  const offsetNs = BigInt(Math.round(offsetMs * NS_PER_MS))
  if (mode === 'jump-back') return { ...NO_SKEW, offsetNs: -offsetNs }
  if (mode === 'drift') return { offsetNs: 0n, sinceNs: hostTimeNs(), ratePpm }
  if (mode === 'freeze') return { offsetNs: 0n, sinceNs: hostTimeNs(), ratePpm: -1e6 }
  return { ...NO_SKEW, offsetNs }
}

/** Alternates between the skew and the true time until stopped. */
const strobe = async (clocks: NodeClocks, skew: Skew, stop: AbortSignal): Promise<void> => {
  for (let turn = 1; !stop.aborted; turn++) {
    await sleep(STROBE_EVERY_MS, stop).catch(() => {})
    if (!stop.aborted) clocks.set(turn % 2 === 0 ? skew : NO_SKEW)
  }
}

/** Stops the nodes and resumes them later with the skew. */
const suspend = async (
  nodes: readonly ClusterNode[],
  clocks: NodeClocks,
  motion: ClockMotion,
  stop: AbortSignal,
): Promise<void> => {
  const pids = (await Promise.all(nodes.map((node) => node.processes()))).flat().map(({ pid }) => pid)
  for (const pid of pids) signal(pid, 'SIGSTOP')
  await sleep(motion.suspendMs, stop).catch(() => {})
  clocks.set(skewOf(motion))
  for (const pid of pids) signal(pid, 'SIGCONT')
}

const seconds = (ms: number): string => `${ms >= 0 ? '+' : ''}${(ms / 1000).toFixed(3)} s`

const furthest = (all: readonly number[]): number =>
  all.reduce((far, each) => (Math.abs(each) > Math.abs(far) ? each : far), 0)

/** The offset that a node reports. The node read its clock at some moment between the question and the answer. */
interface ToldOffset {
  readonly offsetMs: number
  /** The most by which the true offset differs from it. */
  readonly withinMs: number
}

const hostTimeMs = (): number => Number(hostTimeNs()) / NS_PER_MS

/** A remark for an offset that changes over time. */
const WHEN: Partial<Record<ClockMotion['mode'], string>> = {
  strobe: ' (alternating)',
  drift: ' by now',
  freeze: ' by now',
}

/** Clocks that are skewed and move until they are put back. */
export class MovedClocks {
  readonly #context: NemesisContext
  readonly #nodes: readonly ClusterNode[]
  readonly #mode: ClockMotion['mode']
  readonly #clocks: NodeClocks
  readonly #stop = new AbortController()
  #moving: Promise<void> = Promise.resolve()

  private constructor(context: NemesisContext, nodes: readonly ClusterNode[], motion: ClockMotion) {
    this.#context = context
    this.#nodes = nodes
    this.#mode = motion.mode
    this.#clocks = new NodeClocks(nodes, motion.mode === 'suspend' ? NO_SKEW : skewOf(motion))
  }

  /** Resolves when the clocks of all current processes are skewed. */
  static async move(context: NemesisContext, nodes: readonly ClusterNode[], motion: ClockMotion) {
    const moved = new MovedClocks(context, nodes, motion)
    try {
      await moved.#clocks.start()
    } catch (error) {
      await moved.#clocks[Symbol.asyncDispose]()
      throw error
    }
    moved.#moving = moved.#keepMoving(motion)
    // `putBack` awaits it, which may be much later.
    moved.#moving.catch(() => {})
    return moved
  }

  async #keepMoving(motion: ClockMotion): Promise<void> {
    const clocks = this.#clocks
    if (motion.mode === 'strobe') await strobe(clocks, clocks.skew, this.#stop.signal)
    if (motion.mode === 'suspend') await suspend(this.#nodes, clocks, motion, this.#stop.signal)
  }

  /** Offsets of the nodes' clocks from the host's as the nodes report them, without nodes that report no time. */
  async #told(): Promise<readonly ToldOffset[]> {
    if (this.#mode === 'strobe') return []
    const told = await Promise.all(
      this.#nodes.map(async ({ name }) => {
        const askedMs = hostTimeMs()
        const status = await this.#context.status(name)
        const withinMs = (hostTimeMs() - askedMs) / 2
        return status?.clockMs === undefined
          ? null
          : { offsetMs: status.clockMs - askedMs - withinMs, withinMs }
      }),
    )
    return told.filter((each) => each !== null)
  }

  async measure() {
    const told = await this.#told()
    const toldMs = told.map((each) => each.offsetMs)
    const offsetsMs = this.#clocks.offsetsNs().map((ns) => Number(ns) / NS_PER_MS)
    const [offsetMs, processes, { errors }] = [furthest(offsetsMs), offsetsMs.length, this.#clocks]
    const moved = offsetsMs.filter((ms) => ms !== 0).length
    const word = told.length === 0 ? '' : `; the nodes report ${toldMs.map(seconds).join(', ')}`
    const failed = errors.length === 0 ? '' : `; not all could be skewed: ${errors.join('; ')}`
    return {
      effective: moved > 0,
      summary: `${this.#mode}: clocks of ${processes} processes at ${seconds(offsetMs)}${WHEN[this.#mode] ?? ''}${word}${failed}`,
      measurements: {
        processes,
        moved,
        offsetMs,
        ...(told.length === 0
          ? {}
          : {
              toldOffsetMs: Math.round(furthest(toldMs)),
              toldWithinMs: Math.ceil(Math.max(...told.map(({ withinMs }) => withinMs))),
            }),
      },
    }
  }

  /** Puts the clocks back and returns the last measurement. */
  async putBack() {
    this.#stop.abort()
    try {
      await this.#moving
      return await this.measure()
    } finally {
      await this.#clocks[Symbol.asyncDispose]()
    }
  }
}
