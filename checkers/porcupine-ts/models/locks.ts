/** Locks. Every operation names its owner. An acquire that was refused has observed that the lock was held. */
import type { Model } from '../model.ts'
import { decideFencingLock, decideMutex } from '../specialised/lock.ts'
import type { LockInput, LockOutput } from './calls.ts'

export type { LockInput, LockOutput } from './calls.ts'

const describe = ({ f, owner }: LockInput, output: LockOutput | undefined): string => {
  const token = output?.token === undefined ? '' : ` token ${output.token}`
  return `${f} by ${owner}${output === undefined ? ' ?' : output.done ? token : ' (refused)'}`
}

const classify = ({ f, owner }: LockInput, output: LockOutput | undefined): string =>
  `${f} ${owner} ${output === undefined ? '?' : output.done} ${output?.token}`

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
  step: (state, { f, owner }, output) => {
    const [holder, last] = state.split(':') as [string, string]
    if (f === 'release') return resolve(state, holder === String(owner) ? `:${last}` : undefined, output)
    if (output?.done === true && output.token !== undefined && output.token <= Number(last)) return undefined
    return resolve(state, holder === '' ? `${owner}:${output?.token ?? last}` : undefined, output)
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
