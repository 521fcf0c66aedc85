/**
 * What generators see of the threads, kept up to date instead of made anew: a copy of the idle threads at each operation
 * would cost more the more threads there are.
 */
import type { GeneratorContext, Thread } from '../api/generator.ts'

type May = (thread: Thread) => boolean

/** The rest of a context, which is the same for every thread that a generator may use. */
export type Moment = Pick<GeneratorContext, 'nowNs' | 'ordinal' | 'draw'>

/** A generator that asks with a new function each time would fill the memory. Views beyond these are not kept. */
const MOST_VIEWS = 256

export class ThreadView implements GeneratorContext {
  readonly threads: readonly Thread[]
  readonly free: Thread[]
  readonly ordinal: GeneratorContext['ordinal']
  readonly draw: GeneratorContext['draw']
  readonly #moment: Moment
  readonly #views = new Map<May, ThreadView>()

  /** @param free those of the threads that are idle, in the order in which they are to be used */
  constructor(threads: readonly Thread[], free: readonly Thread[], moment: Moment) {
    this.threads = threads
    this.free = [...free]
    this.#moment = moment
    this.ordinal = moment.ordinal
    this.draw = moment.draw
  }

  get nowNs(): number {
    return this.#moment.nowNs
  }

  only(may: May): ThreadView {
    const known = this.#views.get(may)
    if (known !== undefined) return known
    const view = new ThreadView(this.threads.filter(may), this.free.filter(may), this.#moment)
    if (this.#views.size < MOST_VIEWS) this.#views.set(may, view)
    return view
  }

  taken(thread: Thread): void {
    const at = this.free.indexOf(thread)
    // Nearly always the first.
    if (at === 0) this.free.shift()
    else if (at > 0) this.free.splice(at, 1)
    for (const [may, view] of this.#views) if (may(thread)) view.taken(thread)
  }

  /** It comes after all that have been idle for longer. So no thread gets all the keys while another is slow. */
  freed(thread: Thread): void {
    this.free.push(thread)
    for (const [may, view] of this.#views) if (may(thread)) view.freed(thread)
  }
}
