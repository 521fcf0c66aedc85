/** Locks. Every operation names its owner. An acquire that was refused has observed that the lock was held. */
import type { Model } from '../model.ts'
import { decideFencingLock, decideMutex } from '../specialised/lock.ts'
import type { LockInput, LockOutput } from './calls.ts'

export type { LockInput, LockOutput } from './calls.ts'

const describe = ({ f, owner }: LockInput, output: LockOutput | undefined): string => {
  const token = output?.token === undefined ? '' : ` token ${output.token}`
  return `${f} by ${owner}${output === undefined ? ' ?' : output.done ? token : ' (refused)'}`
}

/** Owners and tokens below these have a place of their own in a number, which is found much faster than a text. */
const FEW_OWNERS = 2 ** 20
const FEW_TOKENS = 2 ** 28

const isBelow = (number: number, bound: number): boolean =>
  Number.isInteger(number) && number >= 0 && number < bound

const classify = ({ f, owner }: LockInput, output: LockOutput | undefined): string | number => {
  const token = output?.token
  if (!isBelow(owner, FEW_OWNERS) || !isBelow(token ?? 0, FEW_TOKENS))
    return `${f} ${owner} ${output === undefined ? '?' : output.done} ${token}`
  const done = output === undefined ? 0 : output.done ? 1 : 2
  const kind = 2 * done + (f === 'acquire' ? 0 : 1)
  return kind + 8 * (owner + FEW_OWNERS * (token === undefined ? 0 : token + 1))
}

/** Kinds of rows, with `REFUSED` added to those of refused operations. */
const KINDS = { acquire: 0, release: 1 } as const
const REFUSED = 2

const packing: NonNullable<Model<number, LockInput, LockOutput>['packing']> = {
  pack: ({ f, key, owner }, output) => ({
    kind: KINDS[f] + (output?.done === false ? REFUSED : 0),
    key,
    value: owner,
    second: output?.token ?? null,
  }),
  unpack: ({ kind, key, value, second }) => ({
    input: {
      f: (kind & 1) === KINDS.acquire ? 'acquire' : 'release',
      key: key as number,
      owner: value as number,
    },
    output: { done: (kind & REFUSED) === 0, ...(second === null ? {} : { token: second as number }) },
  }),
}

const shared = {
  packing,
  readOnly: (_input: LockInput, output: LockOutput | undefined) => output?.done === false,
  classify,
  describe,
  partition: ({ key }: LockInput) => key,
}

/**
 * The state after an operation that would lead to `after` (undefined: it must be refused), if its output agrees. An
 * operation that never returned may have been refused.
 */
const resolve = <S>(state: S, after: S | undefined, output: LockOutput | undefined): S | undefined => {
  // Null is a state of the mutex: free.
  if (output === undefined) return after === undefined ? state : after
  if (output.done) return after
  return after === undefined ? state : undefined
}

/** State: the holder, or null. */
export const mutex: Model<number | null, LockInput, LockOutput> = {
  ...shared,
  name: 'mutex',
  init: () => null,
  step: (holder, { f, owner }, output) => {
    if (f === 'acquire') return resolve(holder, holder === null ? owner : undefined, output)
    return resolve(holder, holder === owner ? null : undefined, output)
  },
  describeState: (holder) => (holder === null ? 'free' : `held by ${holder}`),
  specialised: decideMutex,
}

/** State: `owner:depth`, or empty. The holder may acquire it again, and must release it as often. */
export const reentrantMutex: Model<string, LockInput, LockOutput> = {
  ...shared,
  name: 'reentrant-mutex',
  init: () => '',
  step: (state, { f, owner }, output) => {
    const [holder, depth] = state === '' ? [null, 0] : (state.split(':').map(Number) as [number, number])
    const at = (next: number): string => (next === 0 ? '' : `${owner}:${next}`)
    if (f === 'acquire')
      return resolve(state, holder === null || holder === owner ? at(depth + 1) : undefined, output)
    return resolve(state, holder === owner ? at(depth - 1) : undefined, output)
  },
  describeState: (state) => (state === '' ? 'free' : `held by ${state}`),
}

/**
 * State: the holder and the last token as `owner:token`, or `:token` if it is free. Each token is greater than all
 * before it (Kleppmann 2016). The token of an acquire that never returned is unknown: the last one stays.
 */
export const fencingLock: Model<string, LockInput, LockOutput> = {
  ...shared,
  name: 'fencing-lock',
  init: () => ':-1',
  // States and steps are as many as tokens, so the text is not taken apart further than needed.
  step: (state, { f, owner }, output) => {
    const isFree = state.startsWith(':')
    if (f === 'release') {
      const isHolder = !isFree && state.startsWith(`${owner}:`)
      return resolve(state, isHolder ? state.slice(state.indexOf(':')) : undefined, output)
    }
    if (!isFree || output?.done === false) return resolve(state, isFree ? state : undefined, output)
    const token = output?.token
    if (token !== undefined && token <= Number(state.slice(1))) return undefined
    return token === undefined ? `${owner}${state}` : `${owner}:${token}`
  },
  describeState: (state) => state,
  specialised: decideFencingLock,
}

/** State: how many permits are out. Any owner may release. */
export const semaphore = (permits: number): Model<number, LockInput, LockOutput> => ({
  ...shared,
  name: 'semaphore',
  init: () => 0,
  step: (out, { f }, output) => {
    if (f === 'acquire') return resolve(out, out < permits ? out + 1 : undefined, output)
    return resolve(out, out > 0 ? out - 1 : undefined, output)
  },
  classify: ({ f }, output) => `${f} ${output === undefined ? '?' : output.done}`,
  describeState: (out) => `${out} of ${permits} out`,
})
