/** How the clocks of some nodes move while a fault is in force: a constant skew, or one that changes over time. */
import type { ClusterNode } from '../../harness/api/environment.ts'
import type { NemesisContext } from '../../harness/api/nemesis.ts'
import { NodeClocks } from '../../harness/faults/clock/node-clocks.ts'
import { hostTimeNs } from '../../harness/faults/clock/process-clock.ts'
import { NO_SKEW, type Skew } from '../../harness/faults/clock/stub.ts'
import { resume, stopAll } from '../../harness/faults/stopping.ts'
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

/** Clocks that alternate between the skew and the true time. */
class Strobe {
  readonly #clocks: NodeClocks
  readonly #skew: Skew
  #isHeld = false

  constructor(clocks: NodeClocks, skew: Skew) {
    this.#clocks = clocks
    this.#skew = skew
  }

  async run(stop: AbortSignal): Promise<void> {
    for (let turn = 1; !stop.aborted; turn++) {
      await sleep(STROBE_EVERY_MS, stop).catch(() => {})
      if (!stop.aborted && !this.#isHeld) this.#clocks.set(turn % 2 === 0 ? this.#skew : NO_SKEW)
    }
  }

  /** Asks during one half, which lasts until the answer. */
  async during<T>(half: 'skewed' | 'true', ask: () => Promise<T>): Promise<T> {
    this.#isHeld = true
    try {
      this.#clocks.set(half === 'skewed' ? this.#skew : NO_SKEW)
      return await ask()
    } finally {
      this.#isHeld = false
    }
  }
}

/** Stops the nodes and resumes them later with the skew. */
const suspend = async (
  nodes: readonly ClusterNode[],
  clocks: NodeClocks,
  motion: ClockMotion,
  stop: AbortSignal,
): Promise<void> => {
  const stopped = (await Promise.all(nodes.map(stopAll))).flat()
  await sleep(motion.suspendMs, stop).catch(() => {})
  clocks.set(skewOf(motion))
  resume(stopped)
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

interface ReadOffsets {
  readonly told: readonly ToldOffset[]
  /** Of each process. */
  readonly offsetsMs: readonly number[]
}

/** Reports of a node's time are rounded to this. */
const RESOLUTION_MS = 1

/**
 * Whether the nodes' own word proves that their clocks are moved. A program may ask the kernel by the system call itself, and
 * then its clock is not, whatever its clock functions would say. True if no node reports its time.
 */
const isSeen = (told: readonly ToldOffset[]): boolean =>
  told.length === 0 || told.some(({ offsetMs, withinMs }) => Math.abs(offsetMs) > withinMs + RESOLUTION_MS)

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
  readonly #strobe: Strobe | null
  readonly #stop = new AbortController()
  #moving: Promise<void> = Promise.resolve()

  private constructor(context: NemesisContext, nodes: readonly ClusterNode[], motion: ClockMotion) {
    this.#context = context
    this.#nodes = nodes
    this.#mode = motion.mode
    this.#clocks = new NodeClocks(nodes, motion.mode === 'suspend' ? NO_SKEW : skewOf(motion))
    this.#strobe = motion.mode === 'strobe' ? new Strobe(this.#clocks, this.#clocks.skew) : null
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
    await this.#strobe?.run(this.#stop.signal)
    if (motion.mode === 'suspend') await suspend(this.#nodes, clocks, motion, this.#stop.signal)
  }

  /** Offsets of the nodes' clocks from the host's as the nodes report them, without nodes that report no time. */
  async #told(): Promise<readonly ToldOffset[]> {
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

  /** The offsets that are in force, by the clock functions of the processes and by the nodes' own word. */
  async #read(): Promise<ReadOffsets> {
    const read = async (): Promise<ReadOffsets> => ({
      told: await this.#told(),
      offsetsMs: this.#clocks.offsetsNs().map((ns) => Number(ns) / NS_PER_MS),
    })
    return this.#strobe === null ? read() : this.#strobe.during('skewed', read)
  }

  /** What the nodes report in the half of a strobe in which their clocks are true; empty for other motions. */
  async #toldBetween(): Promise<readonly ToldOffset[]> {
    return (await this.#strobe?.during('true', () => this.#told())) ?? []
  }

  async measure() {
    const { told, offsetsMs } = await this.#read()
    const between = (await this.#toldBetween()).map((each) => each.offsetMs)
    const toldMs = told.map((each) => each.offsetMs)
    const [offsetMs, processes, { errors }] = [furthest(offsetsMs), offsetsMs.length, this.#clocks]
    const moved = offsetsMs.filter((ms) => ms !== 0).length
    const seen = isSeen(told)
    const word = told.length === 0 ? '' : `; the nodes report ${toldMs.map(seconds).join(', ')}`
    const halves = between.length === 0 ? '' : ` and ${between.map(seconds).join(', ')} in turn`
    const but = seen ? '' : ', which proves no move of the clock that they go by'
    const failed = errors.length === 0 ? '' : `; not all could be skewed: ${errors.join('; ')}`
    return {
      effective: moved > 0 && seen,
      summary: `${this.#mode}: clocks of ${processes} processes at ${seconds(offsetMs)}${WHEN[this.#mode] ?? ''}${word}${halves}${but}${failed}`,
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
