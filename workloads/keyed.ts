/**
 * Calls over a few keys at a time. The keys advance with the run as a whole. So objects stay small, and a thread that hung
 * continues on the keys that the others use. Apart from the keys, the n-th operation of a thread is a pure function of seed,
 * thread and n.
 */
import type { GeneratorContext, OpGenerator, Thread } from '../harness/api/generator.ts'
import type { Call } from '../harness/api/history.ts'
import type { OptionSpec, OptionsOf } from '../harness/api/options.ts'
import type { Rng } from '../harness/api/random.ts'
import type { FinalContext } from '../harness/api/workload.ts'
import { eachUntilOk } from '../harness/generators/combinators.ts'
import { eachThread, onThreads } from '../harness/generators/threads.ts'

export interface Keys {
  /** How many keys are in use at a time. */
  readonly keys: number
  /** Number of operations after which the oldest key is replaced. */
  readonly perKey: number
}

type KeyOptions = Readonly<Record<'keys' | 'per-key', OptionSpec & { readonly type: 'number' }>>

export const keyOptions = (keys: number, perKey: number): KeyOptions => ({
  keys: { type: 'number', default: keys, description: 'keys in use at a time' },
  'per-key': {
    type: 'number',
    default: perKey,
    description: 'operations after which the oldest key is replaced by a new one',
  },
})

/** Values of these options. */
export type KeyChoice = OptionsOf<KeyOptions>

export const keysOf = (options: KeyChoice): Keys => ({
  keys: options.keys,
  perKey: options['per-key'],
})

/** The oldest key in use after `begun` operations. */
const oldest = ({ perKey }: Keys, begun: number): number => Math.floor(begun / perKey)

export interface Draw {
  readonly rng: Rng
  readonly thread: Thread
  readonly ordinal: number
  /** The keys in use. */
  readonly inUse: readonly number[]
  /** Draws one of the keys in use. The same label gives the same key. */
  key(label: string): number
}

/** @param begun operations so far */
export const keyed = <C extends Call>(keys: Keys, make: (draw: Draw) => C, begun = 0): OpGenerator<C> => {
  const self: OpGenerator<C> = {
    next: (context: GeneratorContext) => {
      const thread = context.free[0]
      if (thread === undefined) return { type: 'pending', wakeNs: null, next: self }
      const rng = context.draw(thread)
      const inUse = Array.from({ length: keys.keys }, (_, i) => oldest(keys, begun) + i)
      const key = (label: string): number => inUse[rng.fork('key', label).int(keys.keys)] as number
      const call = make({ rng, thread, ordinal: context.ordinal(thread), inUse, key })
      return { type: 'invoke', atNs: context.nowNs, thread, call, next: keyed(keys, make, begun + 1) }
    },
    update: () => self,
  }
  return self
}

const FINAL_ATTEMPTS = 5

/** How many keys were used: they are 0, 1, 2 ... */
const countOfUsed = (keys: Keys, context: FinalContext): number => {
  let begun = 0
  for (let thread = 0; thread < context.concurrency; thread++) begun += context.ordinal(thread)
  return oldest(keys, begun) + keys.keys
}

/** Every key that was used. */
export const usedKeys = (keys: Keys, context: FinalContext): readonly number[] =>
  Array.from({ length: countOfUsed(keys, context) }, (_, key) => key)

/** More keys are not read back at the end: a day has millions, and there is a minute for it. */
const MOST_FINAL_KEYS = 1000

/**
 * Those of the keys that are read back at the end: all or, if there are too many, the latest half of so many, and others that
 * are spread evenly over the run.
 *
 * @param keys by when they were first used
 */
export const readBackOf = (keys: readonly number[], most = MOST_FINAL_KEYS): readonly number[] => {
  if (keys.length <= most) return keys
  const latest = keys.slice(-Math.ceil(most / 2))
  const count = most - latest.length
  const each = (keys.length - latest.length) / count
  return [...Array.from({ length: count }, (_, i) => keys[Math.floor(i * each)] as number), ...latest]
}

/** The keys to read back at the end. */
export const finalKeys = (keys: Keys, context: FinalContext): readonly number[] =>
  readBackOf(usedKeys(keys, context))

/** Makes these calls at every node. Each is repeated until it is ok, a few times at most. */
export const atEveryNode = <C extends Call>(calls: readonly C[], context: FinalContext): OpGenerator<C> => {
  const readers = Math.min(context.nodes, context.concurrency)
  return onThreads(
    (thread) => thread < readers,
    eachThread(() => eachUntilOk(calls, FINAL_ATTEMPTS)),
  )
}
