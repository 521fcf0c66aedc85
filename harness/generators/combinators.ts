/**
 * Pure generators and ways to combine them, after Jepsen's generator library. They are values, not iterators, so a
 * scheduler can call the same generator twice and gets the same answer.
 */
import type { GeneratorContext, OpGenerator, Step, Thread } from '../api/generator.ts'
import type { Call } from '../api/history.ts'
import type { Rng } from '../api/random.ts'
import { PATIENCE_NS, PAUSE_NS } from './patience.ts'

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

/** Applies `wrap` to the generator inside a step. */
export const rewrap = <C extends Call>(
  step: Step<C>,
  wrap: (next: OpGenerator<C>) => OpGenerator<C>,
): Step<C> => (step.type === 'done' ? step : { ...step, next: wrap(step.next) })

/** The generator after an event that its inner generator was told: most events change nothing, and then it is the same. */
export const updated = <C extends Call>(
  self: OpGenerator<C>,
  inner: OpGenerator<C>,
  next: OpGenerator<C>,
  wrap: (next: OpGenerator<C>) => OpGenerator<C>,
): OpGenerator<C> => (next === inner ? self : wrap(next))

export const nothing = <C extends Call>(): OpGenerator<C> => stateless<C>(() => DONE)

/** Endlessly invokes, on the first idle thread, the call that `make` draws for that thread. */
export const calls = <C extends Call>(
  make: (draw: Rng, thread: Thread, ordinal: number) => C,
): OpGenerator<C> =>
  stateless((context, self) => {
    const thread = context.free[0]
    if (thread === undefined) return waitForCompletion(self)
    const call = make(context.draw(thread), thread, context.ordinal(thread))
    return { type: 'invoke', atNs: context.nowNs, thread, call, next: self }
  })

/** Calls at fixed times since the start of the run, in order. A call that is late is invoked at once. */
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

/** Invokes each of these calls once, in order, on any idle thread. */
export const sequence = <C extends Call>(list: readonly C[]): OpGenerator<C> =>
  schedule(list.map((call) => ({ atNs: 0, call })))

/** At most `count` operations. */
export const limit = <C extends Call>(count: number, inner: OpGenerator<C>): OpGenerator<C> => {
  const self: OpGenerator<C> = {
    next: (context) => {
      if (count <= 0) return DONE
      const step = inner.next(context)
      return rewrap(step, (next) => limit(step.type === 'invoke' ? count - 1 : count, next))
    },
    update: (context, event) =>
      updated(self, inner, inner.update(context, event), (next) => limit(count, next)),
  }
  return self
}

/** Invokes nothing once `durationNs` have passed since its first call of `next`. Running operations still complete. */
export const timeLimit = <C extends Call>(
  durationNs: number,
  inner: OpGenerator<C>,
  deadlineNs: number | null = null,
): OpGenerator<C> => {
  const self: OpGenerator<C> = {
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
    update: (context, event) =>
      updated(self, inner, inner.update(context, event), (next) => timeLimit(durationNs, next, deadlineNs)),
  }
  return self
}

/** Invokes nothing once the signal is aborted. Running operations still complete. */
export const until = <C extends Call>(signal: AbortSignal, inner: OpGenerator<C>): OpGenerator<C> => {
  const self: OpGenerator<C> = {
    next: (context) => (signal.aborted ? DONE : rewrap(inner.next(context), (next) => until(signal, next))),
    update: (context, event) =>
      updated(self, inner, inner.update(context, event), (next) => until(signal, next)),
  }
  return self
}

/** Delays the first operation until `durationNs` after the first call of `next`. */
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

/**
 * How far behind the schedule an operation may be without moving those after it, in ns. Timers are late by a millisecond and a
 * busy event loop by some more: at thousands of operations per second, a schedule that moved each time would never be kept.
 */
const MADE_UP_NS = 20_000_000

/** Spaces operations by uniformly drawn intervals with mean `intervalNs`, from one scheduled time to the next. */
export const stagger = <C extends Call>(
  rng: Rng,
  intervalNs: number,
  inner: OpGenerator<C>,
  state: { readonly dueNs: number; readonly count: number } = { dueNs: 0, count: 0 },
): OpGenerator<C> => {
  const self: OpGenerator<C> = {
    next: (context) => {
      const step = inner.next(context)
      if (step.type !== 'invoke') return rewrap(step, (next) => stagger(rng, intervalNs, next, state))
      const atNs = Math.max(step.atNs, state.dueNs)
      const gap = rng.fork(state.count).float() * 2 * intervalNs
      // A cluster that fell behind is not flooded afterwards.
      const dueNs = Math.max(state.dueNs, context.nowNs - Math.max(intervalNs, MADE_UP_NS)) + gap
      const next = stagger(rng, intervalNs, step.next, { dueNs, count: state.count + 1 })
      return { ...step, atNs, next }
    },
    update: (context, event) =>
      updated(self, inner, inner.update(context, event), (next) => stagger(rng, intervalNs, next, state)),
  }
  return self
}

/** One generator after another. Each starts when the previous one is done and its operations have completed. */
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

/** Uses one of these generators for each operation, chosen by the thread's own draw, until all are done. */
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

/** Runs the whole generator `count` times (default: endlessly). */
export const cycle = <C extends Call>(
  inner: OpGenerator<C>,
  count = Number.POSITIVE_INFINITY,
  current: OpGenerator<C> = inner,
): OpGenerator<C> => ({
  next: (context) => {
    if (count <= 0) return DONE
    const step = current.next(context)
    if (step.type !== 'done') return rewrap(step, (next) => cycle(inner, count, next))
    // A generator that is done from the start would be restarted endlessly.
    if (count <= 1 || inner.next(context).type === 'done') return DONE
    return cycle(inner, count - 1).next(context)
  },
  update: (context, event) => cycle(inner, count, current.update(context, event)),
})

/** Repeats the generator's first operation `count` times (default: endlessly). */
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

interface Attempts {
  /** The position of the call in the list. */
  readonly at: number
  readonly left: number
  readonly isRunning: boolean
  /** The next attempt is not made before. */
  readonly dueNs: number
  /** Whether attempts are paused between: not again before something is ok, or a dead node would take minutes. */
  readonly isPatient: boolean
  /** Before this time the first call is repeated, until something is ok. Null: nothing was tried yet. */
  readonly patientUntilNs: number | null
}

const FIRST_ATTEMPT = { at: 0, isRunning: false, dueNs: 0, isPatient: true, patientUntilNs: null }

/**
 * Invokes these calls in order on one thread, each until it is ok, but at most `attempts` times. Until the first ok, attempts
 * are made for 40 s at least.
 */
export const eachUntilOk = <C extends Call>(
  list: readonly C[],
  attempts: number,
  state: Attempts = { ...FIRST_ATTEMPT, left: attempts },
): OpGenerator<C> => {
  const then = (change: Partial<Attempts>): OpGenerator<C> =>
    eachUntilOk(list, attempts, { ...state, ...change })
  return {
    next: ({ free, nowNs }) => {
      const call = list[state.at]
      if (call === undefined) return DONE
      const thread = free[0]
      if (state.isRunning || thread === undefined) return waitForCompletion(then({}))
      if (nowNs < state.dueNs) return { type: 'pending', wakeNs: state.dueNs, next: then({}) }
      return {
        type: 'invoke',
        atNs: nowNs,
        thread,
        call,
        next: then({
          left: state.left - 1,
          isRunning: true,
          patientUntilNs: state.patientUntilNs ?? nowNs + PATIENCE_NS,
        }),
      }
    },
    update: ({ nowNs }, { operation }) => {
      if (operation.type === 'invoke') return then({})
      const nextCall = { at: state.at + 1, left: attempts, isRunning: false }
      if (operation.type === 'ok') return then({ ...nextCall, isPatient: true, patientUntilNs: nowNs })
      if (state.left <= 0 && nowNs >= (state.patientUntilNs ?? 0))
        return then({ ...nextCall, isPatient: false })
      return then({ isRunning: false, dueNs: state.isPatient ? nowNs + PAUSE_NS : nowNs })
    },
  }
}

/** Runs all generators concurrently: the one with the earliest operation goes first. */
export const any = <C extends Call>(...all: readonly OpGenerator<C>[]): OpGenerator<C> => {
  const self: OpGenerator<C> = {
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
    update: (context, event) => {
      const next = all.map((generator) => generator.update(context, event))
      return next.every((generator, at) => generator === all[at]) ? self : any(...next)
    },
  }
  return self
}

/**
 * The next step of several generators that run concurrently.
 *
 * @param rebuild makes the combined generator again, with `next` in place of the generator at `at` (null: of none)
 */
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
  // A waiting generator may wake before the earliest operation is due, and its state must be kept until then.
  if (earliest.step.atNs > context.nowNs && pending) {
    return {
      type: 'pending',
      wakeNs: Math.min(wakeNs ?? earliest.step.atNs, earliest.step.atNs),
      next: rebuild(null),
    }
  }
  return { ...earliest.step, next: rebuild(earliest.at, earliest.step.next) }
}
