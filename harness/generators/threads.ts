/** Combinators that decide which threads a generator may use. */
import type { GeneratorContext, OpGenerator, Step, Thread } from '../api/generator.ts'
import type { Call } from '../api/history.ts'
import { type ByNumber, byNumber } from './by-number.ts'
import { any, firstOf, rewrap, updated } from './combinators.ts'

/** `inner` uses only threads for which `may` is true, and does not see events of other threads. */
export const onThreads = <C extends Call>(
  may: (thread: Thread) => boolean,
  inner: OpGenerator<C>,
): OpGenerator<C> => {
  const self: OpGenerator<C> = {
    next: (context) => rewrap(inner.next(context.only(may)), (next) => onThreads(may, next)),
    update: (context, event) => {
      if (!may(event.thread)) return self
      return updated(self, inner, inner.update(context.only(may), event), (next) => onThreads(may, next))
    },
  }
  return self
}

/** `inner` uses the client threads. */
export const onClients = <C extends Call>(concurrency: number, inner: OpGenerator<C>): OpGenerator<C> =>
  onThreads((thread) => thread < concurrency, inner)

/** `inner` uses the thread of the nemesis with index `which`. */
export const onNemesis = <C extends Call>(
  concurrency: number,
  which: number,
  inner: OpGenerator<C>,
): OpGenerator<C> => onThreads((thread) => thread === concurrency + which, inner)

const none = (): boolean => false

/** The context of a generator that has one thread to itself. */
const alone = (context: GeneratorContext, thread: Thread, isFree: boolean): GeneratorContext => ({
  nowNs: context.nowNs,
  threads: [thread],
  free: isFree ? [thread] : [],
  ordinal: context.ordinal,
  draw: context.draw,
  only: (may) => (may(thread) ? alone(context, thread, isFree) : context.only(none)),
})

/** Each thread has its own generator, made by `make`. */
export const eachThread = <C extends Call>(
  make: (thread: Thread) => OpGenerator<C>,
  made: ByNumber<OpGenerator<C>> = byNumber(),
): OpGenerator<C> => {
  const of = (thread: Thread): OpGenerator<C> => made.get(thread) ?? make(thread)
  const self: OpGenerator<C> = {
    next: (context) => {
      const steps = context.free.map((thread) => of(thread).next(alone(context, thread, true)))
      let held = made
      for (const [at, thread] of context.free.entries()) {
        const step = steps[at] as Step<C>
        if (step.type === 'pending') held = held.with(thread, step.next)
        else if (made.get(thread) === undefined) held = held.with(thread, make(thread))
      }
      const step = firstOf(context, steps, (at: number | null, next?: OpGenerator<C>) => {
        const thread = at === null ? undefined : context.free[at]
        return eachThread(make, thread === undefined || next === undefined ? held : held.with(thread, next))
      })
      const busy = context.free.length < context.threads.length
      return step.type === 'done' && busy
        ? { type: 'pending', wakeNs: null, next: eachThread(make, held) }
        : step
    },
    update: (context, event) => {
      const { thread } = event
      const only = alone(context, thread, context.free.includes(thread))
      const next = of(thread).update(only, event)
      return next === made.get(thread) ? self : eachThread(make, made.with(thread, next))
    },
  }
  return self
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
