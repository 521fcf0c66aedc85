/**
 * Pure generators and the ways to combine them, after Jepsen's generator library: values, not iterators, so a
 * scheduler may ask the same generator twice and get the same answer.
 */
import type { GeneratorContext, OpGenerator, Step, Thread } from '../api/generator.ts'
import type { Call } from '../api/history.ts'
import type { Rng } from '../api/random.ts'

const DONE = { type: 'done' } as const

const waitForCompletion = <C extends Call>(next: OpGenerator<C>): Step<C> => ({
  type: 'pending',
  wakeNs: null,
  next,
})

/** A generator whose `update` changes nothing. */
const stateless = <C extends Call>(
  next: (context: GeneratorContext, self: OpGenerator<C>) => Step<C>,
): OpGenerator<C> => {
  const self: OpGenerator<C> = { next: (context) => next(context, self), update: () => self }
  return self
}

/** Rewraps the generator inside a step. */
const rewrap = <C extends Call>(step: Step<C>, wrap: (next: OpGenerator<C>) => OpGenerator<C>): Step<C> =>
  step.type === 'done' ? step : { ...step, next: wrap(step.next) }

export const nothing = <C extends Call>(): OpGenerator<C> => stateless<C>(() => DONE)

/** For ever, on the first idle thread: the call that `make` draws for it. */
export const calls = <C extends Call>(
  make: (draw: Rng, thread: Thread, ordinal: number) => C,
): OpGenerator<C> =>
  stateless((context, self) => {
    const thread = context.free[0]
    if (thread === undefined) return waitForCompletion(self)
    const call = make(context.draw(thread), thread, context.ordinal(thread))
    return { type: 'invoke', atNs: context.nowNs, thread, call, next: self }
  })

/** Calls at fixed times since the start of the run, in order. Late ones go at once. */
export const schedule = <C extends Call>(
  list: readonly { readonly atNs: number; readonly call: C }[],
  from = 0,
): OpGenerator<C> =>
  stateless((context, self) => {
    const entry = list[from]
    if (entry === undefined) return DONE
    const thread = context.free[0]
    if (thread === undefined) return waitForCompletion(self)
    const atNs = Math.max(entry.atNs, context.nowNs)
    return { type: 'invoke', atNs, thread, call: entry.call, next: schedule(list, from + 1) }
  })

/** Each of these once, in order, on whichever thread is idle. */
export const sequence = <C extends Call>(list: readonly C[]): OpGenerator<C> =>
  schedule(list.map((call) => ({ atNs: 0, call })))

/** At most `count` operations. */
export const limit = <C extends Call>(count: number, inner: OpGenerator<C>): OpGenerator<C> => ({
  next: (context) => {
    if (count <= 0) return DONE
    const step = inner.next(context)
    return rewrap(step, (next) => limit(step.type === 'invoke' ? count - 1 : count, next))
  },
  update: (context, event) => limit(count, inner.update(context, event)),
})

/** Invokes nothing after `durationNs` from the first time it is asked (what is under way still completes). */
export const timeLimit = <C extends Call>(
  durationNs: number,
  inner: OpGenerator<C>,
  deadlineNs: number | null = null,
): OpGenerator<C> => ({
  next: (context) => {
    const deadline = deadlineNs ?? context.nowNs + durationNs
    const wrap = (next: OpGenerator<C>): OpGenerator<C> => timeLimit(durationNs, next, deadline)
    if (context.nowNs >= deadline) return DONE
    const step = inner.next(context)
    if (step.type === 'pending') {
      return { type: 'pending', wakeNs: Math.min(step.wakeNs ?? deadline, deadline), next: wrap(step.next) }
    }
    if (step.type === 'invoke' && step.atNs > context.nowNs) {
      return { type: 'pending', wakeNs: Math.min(step.atNs, deadline), next: wrap(inner) }
    }
    return rewrap(step, wrap)
  },
  update: (context, event) => timeLimit(durationNs, inner.update(context, event), deadlineNs),
})

/** The first operation `durationNs` after the generator is first asked. */
export const delay = <C extends Call>(
  durationNs: number,
  inner: OpGenerator<C>,
  startNs: number | null = null,
): OpGenerator<C> => ({
  next: (context) => {
    const start = startNs ?? context.nowNs + durationNs
    if (context.nowNs >= start) return inner.next(context)
    return { type: 'pending', wakeNs: start, next: delay(durationNs, inner, start) }
  },
  update: (context, event) => delay(durationNs, inner.update(context, event), startNs),
})

/** Spaces operations by uniform draws of mean `intervalNs`, measured from one scheduled time to the next. */
export const stagger = <C extends Call>(
  rng: Rng,
  intervalNs: number,
  inner: OpGenerator<C>,
  state: { readonly dueNs: number; readonly count: number } = { dueNs: 0, count: 0 },
): OpGenerator<C> => ({
  next: (context) => {
    const step = inner.next(context)
    if (step.type !== 'invoke') return rewrap(step, (next) => stagger(rng, intervalNs, next, state))
    const atNs = Math.max(step.atNs, state.dueNs)
    const gap = rng.fork(state.count).float() * 2 * intervalNs
    // A cluster that fell behind is not flooded afterwards: the schedule goes on from at most one interval ago.
    const dueNs = Math.max(state.dueNs, context.nowNs - intervalNs) + gap
    return { ...step, atNs, next: stagger(rng, intervalNs, step.next, { dueNs, count: state.count + 1 }) }
  },
  update: (context, event) => stagger(rng, intervalNs, inner.update(context, event), state),
})

/** One generator after another; the next starts when the one before is done and its operations have completed. */
export const phases = <C extends Call>(...all: readonly OpGenerator<C>[]): OpGenerator<C> => ({
  next: (context) => {
    const [first, ...rest] = all
    if (first === undefined) return DONE
    const step = first.next(context)
    if (step.type !== 'done') return rewrap(step, (next) => phases(next, ...rest))
    if (rest.length === 0) return DONE
    if (context.free.length < context.threads.length) return waitForCompletion(phases(...all))
    return phases(...rest).next(context)
  },
  update: (context, event) => {
    const [first, ...rest] = all
    return first === undefined ? phases<C>() : phases(first.update(context, event), ...rest)
  },
})

/** Each time one of these by the thread's own draw, until all are done. */
export const mix = <C extends Call>(...all: readonly OpGenerator<C>[]): OpGenerator<C> => ({
  next: (context) => {
    const thread = context.free[0]
    if (all.length === 0) return DONE
    if (thread === undefined) return waitForCompletion(mix(...all))
    const at = context.draw(thread).fork('mix').int(all.length)
    const step = (all[at] as OpGenerator<C>).next(context)
    if (step.type === 'done') return mix(...all.toSpliced(at, 1)).next(context)
    return rewrap(step, (next) => mix(...all.with(at, next)))
  },
  update: (context, event) => mix(...all.map((g) => g.update(context, event))),
})

/** `count` times over from the start (default: for ever). */
export const cycle = <C extends Call>(
  inner: OpGenerator<C>,
  count = Number.POSITIVE_INFINITY,
  current: OpGenerator<C> = inner,
): OpGenerator<C> => ({
  next: (context) => {
    if (count <= 0) return DONE
    const step = current.next(context)
    if (step.type !== 'done') return rewrap(step, (next) => cycle(inner, count, next))
    // A generator that is done from the start would be asked for ever.
    if (count <= 1 || inner.next(context).type === 'done') return DONE
    return cycle(inner, count - 1).next(context)
  },
  update: (context, event) => cycle(inner, count, current.update(context, event)),
})

/** The same first operation over and over, `count` times (default: for ever). */
export const repeat = <C extends Call>(
  inner: OpGenerator<C>,
  count = Number.POSITIVE_INFINITY,
): OpGenerator<C> => ({
  next: (context) => {
    if (count <= 0) return DONE
    const step = inner.next(context)
    return rewrap(step, (next) => (step.type === 'invoke' ? repeat(inner, count - 1) : repeat(next, count)))
  },
  update: (context, event) => repeat(inner.update(context, event), count),
})

/** Repeats one call on one thread at a time until it is ok. */
export const untilOk = <C extends Call>(
  call: C,
  state: 'ready' | 'waiting' | 'done' = 'ready',
  on: Thread | null = null,
): OpGenerator<C> => ({
  next: (context) => {
    if (state === 'done') return DONE
    const thread = context.free[0]
    if (state === 'waiting' || thread === undefined) return waitForCompletion(untilOk(call, state, on))
    return { type: 'invoke', atNs: context.nowNs, thread, call, next: untilOk(call, 'waiting', thread) }
  },
  update: (_context, event) => {
    if (state !== 'waiting' || event.thread !== on || event.operation.type === 'invoke')
      return untilOk(call, state, on)
    return untilOk(call, event.operation.type === 'ok' ? 'done' : 'ready')
  },
})

/** Each of these in order on one thread, every one until it is ok, at most `attempts` times. */
export const eachUntilOk = <C extends Call>(
  list: readonly C[],
  attempts: number,
  at = 0,
  left = attempts,
  waiting = false,
): OpGenerator<C> => ({
  next: (context) => {
    const call = list[at]
    if (call === undefined) return DONE
    const thread = context.free[0]
    if (waiting || thread === undefined)
      return waitForCompletion(eachUntilOk(list, attempts, at, left, waiting))
    return {
      type: 'invoke',
      atNs: context.nowNs,
      thread,
      call,
      next: eachUntilOk(list, attempts, at, left - 1, true),
    }
  },
  update: (_context, event) => {
    if (event.operation.type === 'invoke') return eachUntilOk(list, attempts, at, left, waiting)
    const over = event.operation.type === 'ok' || left <= 0
    return over ? eachUntilOk(list, attempts, at + 1) : eachUntilOk(list, attempts, at, left)
  },
})

/** All at once: whichever has the earliest operation goes first. */
export const any = <C extends Call>(...all: readonly OpGenerator<C>[]): OpGenerator<C> => ({
  next: (context) => {
    const steps = all.map((generator) => generator.next(context))
    const held = all.map((generator, at) => {
      const step = steps[at] as Step<C>
      return step.type === 'pending' ? step.next : generator
    })
    return firstOf(context, steps, (at: number | null, next?: OpGenerator<C>) =>
      any(...(at === null || next === undefined ? held : held.with(at, next))),
    )
  },
  update: (context, event) => any(...all.map((g) => g.update(context, event))),
})

/** The step of several generators at once; `rebuild` puts the one at `at` (null: none) back with what comes after. */
export const firstOf = <C extends Call>(
  context: GeneratorContext,
  steps: readonly Step<C>[],
  rebuild: { (at: null): OpGenerator<C>; (at: number, next: OpGenerator<C>): OpGenerator<C> },
): Step<C> => {
  let earliest: { step: Step<C> & { readonly type: 'invoke' }; at: number } | null = null
  let wakeNs: number | null = null
  let pending = false
  for (const [at, step] of steps.entries()) {
    if (step.type === 'invoke' && (earliest === null || step.atNs < earliest.step.atNs))
      earliest = { step, at }
    if (step.type !== 'pending') continue
    pending = true
    if (step.wakeNs !== null) wakeNs = Math.min(wakeNs ?? step.wakeNs, step.wakeNs)
  }
  if (earliest === null) return pending ? { type: 'pending', wakeNs, next: rebuild(null) } : DONE
  // One that waits may wake before the earliest is due, and what it remembers must be kept until then.
  if (earliest.step.atNs > context.nowNs && pending) {
    return {
      type: 'pending',
      wakeNs: Math.min(wakeNs ?? earliest.step.atNs, earliest.step.atNs),
      next: rebuild(null),
    }
  }
  return { ...earliest.step, next: rebuild(earliest.at, earliest.step.next) }
}
