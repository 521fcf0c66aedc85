/**
 * Histories too large for the oracle, of the kinds that the specialised engines know. Every operation takes effect at its
 * own moment and returns what the object answered. On demand, two operations then exchange their answers.
 */

import type { Model, Operation } from '../model.ts'
import { appendLog, type LogInput, type LogOutput } from '../models/append-log.ts'
import type { Scalar } from '../models/calls.ts'
import { type CounterInput, type CounterOutput, counter } from '../models/counter.ts'
import { type KeyValueInput, keyValue } from '../models/key-value.ts'
import { fencingLock, type LockInput, type LockOutput, mutex } from '../models/locks.ts'
import { fifoQueue, priorityQueue, type QueueInput, type QueueOutput, stack } from '../models/queue.ts'
import { casRegister, type RegisterInput, type RegisterOutput } from '../models/register.ts'
import { type SetInput, type SetOutput, set } from '../models/set.ts'
import { random } from './random.ts'

type Int = (bound: number) => number

interface Recipe<S, I, O> {
  readonly model: Pick<Model<S, I, O>, 'init'>
  readonly input: (int: Int, client: number, fresh: number, before: number) => I
  /** The next state and the answer; null: it cannot be done in this state. */
  readonly act: (state: S, input: I, int: Int) => { readonly state: S; readonly output: O } | null
}

interface Draft<I, O> {
  readonly client: number
  readonly call: number
  readonly return: number
  readonly effect: number
  readonly input: I
  output: O | undefined
}

const draftsOf = <S, I, O>({ input }: Recipe<S, I, O>, seed: number, next: () => number): Draft<I, O>[] => {
  const int: Int = (bound) => Math.floor(next() * bound)
  const clients = 2 + int(4)
  const count = 10 + int(30)
  const pendingShare = seed % 3 === 0 ? 0.08 : 0
  const freeAt = new Array<number>(clients).fill(0)
  const called = new Array<number>(clients).fill(0)
  const drafts: Draft<I, O>[] = []
  for (let i = 0; i < count; i++) {
    const client = int(clients)
    const call = (freeAt[client] as number) + 1 + int(3)
    if (call === Number.POSITIVE_INFINITY) continue
    const end = call + int(12)
    const isPending = next() < pendingShare
    freeAt[client] = isPending ? Number.POSITIVE_INFINITY : end
    const effect = isPending && next() < 0.5 ? Number.POSITIVE_INFINITY : call + (end - call) * next()
    const asked = input(int, client, i, called[client] as number)
    called[client] = (called[client] as number) + 1
    drafts.push({
      client,
      call,
      return: isPending ? Number.POSITIVE_INFINITY : end,
      effect,
      input: asked,
      output: undefined,
    })
  }
  return drafts
}

/** Leaves out operations that were impossible at their moment. */
const answer = <S, I, O>({ model, act }: Recipe<S, I, O>, drafts: Draft<I, O>[], int: Int): Draft<I, O>[] => {
  let state = model.init()
  const left: Draft<I, O>[] = []
  for (const draft of [...drafts].sort((a, b) => a.effect - b.effect)) {
    if (draft.effect < Number.POSITIVE_INFINITY) {
      const done = act(state, draft.input, int)
      if (done === null) continue
      state = done.state
      if (draft.return < Number.POSITIVE_INFINITY) draft.output = done.output
    }
    left.push(draft)
  }
  return left
}

/** Two operations of the same kind that returned, and are near each other, exchange their answers. */
const trade = <I, O>(drafts: readonly Draft<I, O>[], int: Int, kindOf: (input: I) => unknown): void => {
  const first = drafts[int(drafts.length)]
  if (first?.output === undefined) return
  const others = drafts.filter(
    ({ input, output }) =>
      output !== undefined && output !== first.output && kindOf(input) === kindOf(first.input),
  )
  const near = others
    .sort((a, b) => Math.abs(a.call - first.call) - Math.abs(b.call - first.call))
    .slice(0, 4)
  const second = near[int(Math.max(1, near.length))]
  if (second === undefined) return
  const output = first.output
  first.output = second.output
  second.output = output
}

const historyOf = <S, I, O>(kind: Recipe<S, I, O>, seed: number): Operation<I, O>[] => {
  const next = random(seed)
  const int: Int = (bound) => Math.floor(next() * bound)
  const drafts = answer(kind, draftsOf(kind, seed, next), int)
  if (seed % 4 !== 0) trade(drafts, int, (input) => (input as { readonly f: unknown }).f)
  return drafts.map(({ effect: _, ...operation }) => operation)
}

const container = (
  next: (state: readonly Scalar[], int: Int) => number,
): Recipe<readonly Scalar[], QueueInput, QueueOutput> => ({
  model: fifoQueue,
  input: (int, _client, fresh) =>
    int(9) < 5 ? { f: 'put', key: 0, value: (fresh * 7919) % 1000 } : { f: 'take', key: 0 },
  act: (state, input, int) => {
    if (input.f === 'put') return { state: [...state, input.value], output: { taken: null } }
    if (state.length === 0) return { state, output: { taken: null } }
    const at = next(state, int)
    return { state: state.toSpliced(at, 1), output: { taken: state[at] as Scalar } }
  },
})

const counts: Recipe<number, CounterInput, CounterOutput> = {
  model: counter,
  input: (int) => (int(3) === 0 ? { f: 'read', key: 0 } : { f: 'add', key: 0, delta: 1 }),
  act: (state, input, int) => {
    const after = input.f === 'add' ? state + 1 : state
    return { state: after, output: { value: input.f === 'read' || int(5) === 0 ? after : null } }
  },
}

const sums: Recipe<number, CounterInput, CounterOutput> = {
  model: counter,
  input: (int) => (int(3) === 0 ? { f: 'read', key: 0 } : { f: 'add', key: 0, delta: 1 + int(4) }),
  act: (state, input) => {
    const after = input.f === 'add' ? state + input.delta : state
    return { state: after, output: { value: input.f === 'read' ? after : null } }
  },
}

const logs: Recipe<readonly Scalar[], LogInput, LogOutput> = {
  model: appendLog,
  input: (int, _client, fresh) =>
    int(2) === 0 ? { f: 'append', key: 0, value: fresh } : { f: 'read', key: 0 },
  act: (state, input, int) =>
    input.f === 'read'
      ? { state, output: state }
      : { state: [...state, input.value], output: int(3) === 0 ? null : state.length },
}

const registers: Recipe<number | null, RegisterInput, RegisterOutput> = {
  model: casRegister(null),
  input: (int, _client, fresh) => {
    const kind = int(5)
    if (kind < 3) return { f: 'read', key: 0 }
    if (kind === 3) return { f: 'write', key: 0, value: fresh }
    return { f: 'cas', key: 0, expected: int(fresh + 1), next: fresh }
  },
  act: (state, input) => {
    if (input.f === 'read') return { state, output: { value: state } }
    if (input.f === 'write') return { state: input.value, output: { applied: true } }
    const applied = state === input.expected
    return { state: applied ? input.next : state, output: { applied } }
  },
}

const strings: Recipe<string, KeyValueInput, string> = {
  model: keyValue,
  input: (int, _client, fresh) => {
    const kind = int(9)
    if (kind < 4) return { f: 'get', key: 'x' }
    return { f: kind === 4 ? 'put' : 'append', key: 'x', value: `${int(9) === 0 ? int(fresh + 1) : fresh} ` }
  },
  act: (state, input) => {
    if (input.f === 'get') return { state, output: state }
    return { state: input.f === 'put' ? input.value : state + input.value, output: '' }
  },
}

const elements: Recipe<readonly number[], SetInput, SetOutput> = {
  model: set,
  input: (int, client, fresh) => {
    const f = (['add', 'add', 'remove', 'contains'] as const)[int(4)] as 'add' | 'remove' | 'contains'
    if (f === 'add') return { f, key: 0, element: fresh }
    // Each element has only one client that may remove it.
    const element = int(fresh + 1)
    return f === 'remove' && element % 5 !== client
      ? { f: 'contains', key: 0, element }
      : { f, key: 0, element }
  },
  act: (state, input) => {
    if (input.f === 'read') return null
    const found = state.includes(input.element)
    if (input.f === 'contains') return { state, output: found }
    if (input.f === 'add') return { state: [...state, input.element].sort((a, b) => a - b), output: found }
    return { state: state.filter((element) => element !== input.element), output: found }
  },
}

const growing: Recipe<readonly number[], SetInput, SetOutput> = {
  model: set,
  input: (int, _client, fresh) =>
    int(3) === 0 ? { f: 'read', key: 0 } : { f: 'add', key: 0, element: fresh },
  act: (state, input) =>
    input.f === 'read'
      ? { state, output: state }
      : {
          state: [...state, (input as { readonly element: number }).element].sort((a, b) => a - b),
          output: null,
        },
}

interface LockState {
  readonly owner: number | null
  readonly token: number
}

const locks: Recipe<LockState, LockInput, LockOutput> = {
  model: { init: () => ({ owner: null, token: -1 }) },
  input: (_int, client, _fresh, before) => ({
    f: before % 2 === 0 ? 'acquire' : 'release',
    key: 0,
    owner: client,
  }),
  // Sometimes it is given to a second client.
  act: (state, { f, owner }, int) => {
    if (f === 'release')
      return state.owner === owner ? { state: { ...state, owner: null }, output: { done: true } } : null
    if (state.owner !== null && int(12) > 0) return null
    const token = state.token + 1
    return { state: { owner, token }, output: { done: true, token } }
  },
}

export interface Larger {
  readonly name: string
  readonly model: Model<unknown, unknown, unknown>
  readonly history: (seed: number) => Operation<unknown, unknown>[]
}

const larger = <S, I, O, T>(name: string, model: Model<T, I, O>, kind: Recipe<S, I, O>): Larger => ({
  name,
  model: model as unknown as Model<unknown, unknown, unknown>,
  history: (seed) => historyOf(kind, seed) as Operation<unknown, unknown>[],
})

const smallest = (state: readonly Scalar[]): number => state.indexOf(Math.min(...state.map(Number)))

export const largerSubjects: readonly Larger[] = [
  larger('register', casRegister(null), registers),
  larger('key-value', keyValue, strings),
  larger(
    'fifo queue',
    fifoQueue,
    container(() => 0),
  ),
  larger(
    'stack',
    stack,
    container((state) => state.length - 1),
  ),
  larger('priority queue', priorityQueue, container(smallest)),
  larger('set', set, elements),
  larger('set that grows', set, growing),
  larger('counter', counter, counts),
  larger('counter of several amounts', counter, sums),
  larger('append log', appendLog, logs),
  larger('mutex', mutex, locks),
  larger('fencing lock', fencingLock, locks),
]
