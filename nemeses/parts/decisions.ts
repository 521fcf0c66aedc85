/** How much a cluster decides per second, before a fault and during it, as its nodes tell. */
import type { Measurements, NemesisContext } from '../../harness/api/nemesis.ts'
import { sleep, startStopwatch } from '../../harness/support/wait.ts'

/** Of the time before the fault, which is looked at. */
const LOOK_MS = 500

/** How far the nodes had got in their log at some time; null: none tells. */
interface Position {
  readonly decided: number | null
  readonly atMs: number
}

/** Null: nobody tells. */
const decidedPerS = (from: Position, to: Position): number | null =>
  from.decided === null || to.decided === null
    ? null
    : Math.round((10_000 * (to.decided - from.decided)) / (to.atMs - from.atMs)) / 10

export class Decisions {
  readonly #context: NemesisContext
  readonly #elapsedMs = startStopwatch()
  #before: number | null = null
  #start: Position = { decided: null, atMs: 0 }

  private constructor(context: NemesisContext) {
    this.#context = context
  }

  /** Looks at the cluster as it is before anything is done to it: what a fault needs may disturb it already. */
  static async watch(context: NemesisContext): Promise<Decisions> {
    const decisions = new Decisions(context)
    const first = await decisions.#position()
    await sleep(LOOK_MS, context.signal)
    decisions.#before = decidedPerS(first, await decisions.#position())
    return decisions
  }

  /** The fault begins. */
  async begin(): Promise<void> {
    this.#start = await this.#position()
  }

  async measure(): Promise<{ readonly text: string; readonly measurements: Measurements }> {
    const during = decidedPerS(this.#start, await this.#position())
    const before = this.#before
    const text =
      during === null
        ? 'no node tells how much is decided'
        : `decided ${during} a second${before === null ? '' : `, ${before} before`}`
    const measurements = {
      ...(during === null ? {} : { decidedPerS: during }),
      ...(before === null ? {} : { decidedPerSBefore: before }),
    }
    return { text, measurements }
  }

  async #position(): Promise<Position> {
    const { cluster, status } = this.#context
    const statuses = await Promise.all(cluster.nodes.map(({ name }) => status(name)))
    const told = statuses.flatMap((each) => each?.commitIndex ?? each?.appliedIndex ?? [])
    return { decided: told.length === 0 ? null : Math.max(...told), atMs: this.#elapsedMs() }
  }
}
