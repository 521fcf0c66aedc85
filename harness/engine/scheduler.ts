/**
 * The pure core of a run: turns a generator into dispatches, and completions into history. It holds no promise and
 * reads no clock; `simulate` drives it in virtual time, `Interpreter` in real time.
 *
 * Each thread runs one operation at a time. A thread whose operation ended in `info` continues with a new process id
 * (old id + concurrency), since the old process may still have an operation in flight (Jepsen's rule).
 */
import type { GeneratorEvent, OpGenerator, Thread } from '../api/generator.ts'
import type { Call, ClientProcess, Operation, Outcome } from '../api/history.ts'
import type { Rng } from '../api/random.ts'
import { assert } from '../support/assert.ts'
import { ThreadView } from './thread-view.ts'

export type Decision<C extends Call> =
  | { readonly type: 'dispatch'; readonly thread: Thread; readonly call: C; readonly operation: Operation }
  /** There is nothing to do until `untilNs` (null: until a completion). */
  | { readonly type: 'wait'; readonly untilNs: number | null }
  | { readonly type: 'done' }

export interface SchedulerOptions<C extends Call> {
  readonly generator: OpGenerator<C>
  /** Number of client threads. */
  readonly concurrency: number
  /** Number of nemesis threads, which are numbered from `concurrency` on. */
  readonly nemeses: number
  readonly rng: Rng
  /** The node that a client process is bound to. */
  readonly nodeOf?: (process: ClientProcess) => string
  /** Called with every event, in order, before anything acts on it. */
  readonly record: (operation: Operation) => void
}

/** An operation before it is recorded. */
type Stamped = { -readonly [Field in keyof Operation]: Operation[Field] }

interface Slot {
  readonly thread: Thread
  process: ClientProcess | 'nemesis'
  running: Operation | null
  ordinal: number
}

export class Scheduler<C extends Call> {
  readonly #options: SchedulerOptions<C>
  readonly #slots: readonly Slot[]
  /** What generators see. */
  readonly #context: ThreadView
  #generator: OpGenerator<C>
  #nowNs = 0
  #running = 0
  #index = 0

  constructor(options: SchedulerOptions<C>) {
    this.#options = options
    this.#generator = options.generator
    const threads = Array.from({ length: options.concurrency + options.nemeses }, (_, thread) => thread)
    this.#slots = threads.map((thread) => ({
      thread,
      process: thread < options.concurrency ? thread : 'nemesis',
      running: null,
      ordinal: 0,
    }))
    this.#context = new ThreadView(threads, threads, this.#moment(options.rng.fork('operations')))
  }

  /** Continues with another generator (the final phase). Indices, processes and ordinals are kept. */
  extend(generator: OpGenerator<C>): void {
    assert(this.#running === 0, 'a scheduler can be extended only when nothing is running')
    this.#generator = generator
  }

  /** Returns what to do at `nowNs`. Call it again after acting on the decision. */
  poll(nowNs: number): Decision<C> {
    this.#nowNs = nowNs
    const step = this.#generator.next(this.#context)
    if (step.type === 'done') return this.#running > 0 ? { type: 'wait', untilNs: null } : { type: 'done' }
    if (step.type === 'pending') {
      assert(
        this.#running > 0 || step.wakeNs !== null,
        'the generator waits for a completion, but nothing is running: it would wait forever',
      )
      this.#generator = step.next
      return { type: 'wait', untilNs: step.wakeNs }
    }
    if (step.atNs > nowNs) return { type: 'wait', untilNs: step.atNs }
    const slot = this.#slot(step.thread)
    assert(slot.running === null, `the generator used thread ${step.thread}, which is busy`)
    const operation = this.#stamp(slot, nowNs, 'invoke', step.call)
    slot.running = operation
    slot.ordinal++
    this.#running++
    this.#context.taken(step.thread)
    this.#generator = step.next
    this.#emit(nowNs, { thread: step.thread, operation })
    return { type: 'dispatch', thread: step.thread, call: step.call, operation }
  }

  /** Records the outcome of the thread's operation. Returns true if its process crashed (info). */
  complete(thread: Thread, outcome: Outcome, nowNs: number): boolean {
    const slot = this.#slot(thread)
    const invocation = slot.running
    assert(invocation !== null, `thread ${thread} completed an operation it never invoked`)
    const operation = this.#stamp(slot, nowNs, outcome.type, {
      f: invocation.f,
      value: outcome.type === 'ok' ? outcome.value : invocation.value,
    })
    if (outcome.meta !== undefined) operation.meta = outcome.meta
    if (outcome.type !== 'ok') operation.error = outcome.error
    slot.running = null
    this.#running--
    this.#context.freed(thread)
    const crashed = outcome.type === 'info' && slot.process !== 'nemesis'
    if (crashed) slot.process = (slot.process as number) + this.#options.concurrency
    this.#emit(nowNs, { thread, operation })
    return crashed
  }

  processOf(thread: Thread): ClientProcess | 'nemesis' {
    return this.#slot(thread).process
  }

  ordinalOf(thread: Thread): number {
    return this.#slot(thread).ordinal
  }

  #slot(thread: Thread): Slot {
    const slot = this.#slots[thread]
    assert(slot !== undefined, `there is no thread ${thread}`)
    return slot
  }

  #moment(rng: Rng): ConstructorParameters<typeof ThreadView>[2] {
    const nowNs = (): number => this.#nowNs
    return {
      get nowNs() {
        return nowNs()
      },
      ordinal: (thread) => this.#slot(thread).ordinal,
      draw: (thread) => rng.fork(thread, this.#slot(thread).ordinal),
    }
  }

  /** The fields in the order in which they are written. */
  #stamp(slot: Slot, timeNs: number, type: Operation['type'], { f, value }: Call): Stamped {
    const { process } = slot
    const operation: Stamped = { index: this.#index++, timeNs, process, type, f, value }
    const node = process === 'nemesis' ? undefined : this.#options.nodeOf?.(process)
    if (node !== undefined) operation.node = node
    return operation
  }

  #emit(nowNs: number, event: GeneratorEvent): void {
    this.#options.record(event.operation)
    this.#nowNs = nowNs
    this.#generator = this.#generator.update(this.#context, event)
  }
}
