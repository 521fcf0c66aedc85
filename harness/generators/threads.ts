/** Combinators that decide which threads a generator may use. */
import type { GeneratorContext, OpGenerator, Step, Thread } from '../api/generator.ts'
import type { Call } from '../api/history.ts'
import { any, firstOf } from './combinators.ts'

const restrict = (context: GeneratorContext, may: (thread: Thread) => boolean): GeneratorContext => ({
  nowNs: context.nowNs,
  threads: context.threads.filter(may),
  free: context.free.filter(may),
  ordinal: (thread) => context.ordinal(thread),
  draw: (thread) => context.draw(thread),
})

/** `inner` uses only threads for which `may` is true, and does not see events of other threads. */
export const onThreads = <C extends Call>(
  may: (thread: Thread) => boolean,
  inner: OpGenerator<C>,
): OpGenerator<C> => ({
  next: (context) => {
    const step = inner.next(restrict(context, may))
    return step.type === 'done' ? step : { ...step, next: onThreads(may, step.next) }
  },
  update: (context, event) => {
    if (!may(event.thread)) return onThreads(may, inner)
    return onThreads(may, inner.update(restrict(context, may), event))
  },
})

/** `inner` uses the client threads. */
export const onClients = <C extends Call>(concurrency: number, inner: OpGenerator<C>): OpGenerator<C> =>
  onThreads((thread) => thread < concurrency, inner)

/** `inner` uses the thread of the nemesis with index `which`. */
export const onNemesis = <C extends Call>(
  concurrency: number,
  which: number,
  inner: OpGenerator<C>,
): OpGenerator<C> => onThreads((thread) => thread === concurrency + which, inner)

/** Each thread has its own generator, made by `make`. */
export const eachThread = <C extends Call>(
  make: (thread: Thread) => OpGenerator<C>,
  made: ReadonlyMap<Thread, OpGenerator<C>> = new Map(),
): OpGenerator<C> => {
  const of = (thread: Thread): OpGenerator<C> => made.get(thread) ?? make(thread)
  const only = (context: GeneratorContext, thread: Thread): GeneratorContext =>
    restrict(context, (t) => t === thread)
  return {
    next: (context) => {
      const steps = context.free.map((thread) => of(thread).next(only(context, thread)))
      const held = new Map(made)
      for (const [at, thread] of context.free.entries()) {
        const step = steps[at] as Step<C>
        held.set(thread, step.type === 'pending' ? step.next : of(thread))
      }
      const step = firstOf(context, steps, (at: number | null, next?: OpGenerator<C>) => {
        const thread = at === null ? undefined : context.free[at]
        return eachThread(
          make,
          thread === undefined || next === undefined ? held : new Map(held).set(thread, next),
        )
      })
      const busy = context.free.length < context.threads.length
      return step.type === 'done' && busy
        ? { type: 'pending', wakeNs: null, next: eachThread(make, held) }
        : step
    },
    update: (context, event) => {
      const updated = of(event.thread).update(only(context, event.thread), event)
      return eachThread(make, new Map(made).set(event.thread, updated))
    },
  }
}

/**
 * Reserves the first threads for some generators and the rest for the last one: `reserve([[2, writes], [3, cas]],
 * reads)`.
 */
export const reserve = <C extends Call>(
  parts: readonly (readonly [count: number, generator: OpGenerator<C>])[],
  rest: OpGenerator<C>,
): OpGenerator<C> => {
  let from = 0
  const bound: OpGenerator<C>[] = []
  for (const [count, generator] of parts) {
    const low = from
    const high = from + count
    bound.push(onThreads((thread) => thread >= low && thread < high, generator))
    from = high
  }
  const taken = from
  return any(
    ...bound,
    onThreads((thread) => thread >= taken, rest),
  )
}
