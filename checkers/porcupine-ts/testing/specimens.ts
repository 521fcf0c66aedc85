/** Every ready-made model, with the calls and answers for its random histories. */
import type { AnyModel, Operation } from '../model.ts'
import { appendLog, type LogInput, type LogOutput } from '../models/append-log.ts'
import type { Scalar } from '../models/calls.ts'
import { type CounterInput, counter } from '../models/counter.ts'
import { type KeyValueInput, keyValue } from '../models/key-value.ts'
import {
  fencingLock,
  type LockInput,
  type LockOutput,
  mutex,
  reentrantMutex,
  semaphore,
} from '../models/locks.ts'
import { multiRegisterFrom, type Transaction } from '../models/multi-register.ts'
import {
  fifoQueue,
  multisetQueue,
  priorityQueue,
  type QueueInput,
  type QueueOutput,
  stack,
} from '../models/queue.ts'
import { casRegister, type RegisterInput, type RegisterOutput } from '../models/register.ts'
import { type SetInput, type SetOutput, set } from '../models/set.ts'
import { random } from './random.ts'

type Int = (bound: number) => number

interface Specimen<S, I, O> {
  readonly model: AnyModel<S, I, O>
  /** `fresh`: a different number for each operation; `before`: how many calls this client has made. */
  readonly input: (int: Int, client: number, fresh: number, before: number) => I
  /** Answers that the call may get in some state. */
  readonly answers: (input: I) => readonly O[]
}

/** A model with its random histories; the types of its operations are hidden. */
export interface Subject {
  readonly name: string
  readonly model: AnyModel<unknown, unknown, unknown>
  readonly history: (seed: number) => Operation<unknown, unknown>[]
}

const lists = (values: number): readonly (readonly number[])[] => {
  const all: (readonly number[])[] = [[]]
  for (let a = 0; a < values; a++) {
    all.push([a])
    for (let b = 0; b < values; b++) all.push([a, b])
  }
  return all
}

const subsets = (elements: readonly number[]): readonly (readonly number[])[] =>
  elements.reduce<readonly (readonly number[])[]>(
    (all, element) => all.flatMap((some) => [some, [...some, element]]),
    [[]],
  )

const SMALL = [0, 1, 2]
const OFFSETS = [null, 0, 1, 2]
const DONE: readonly LockOutput[] = [{ done: true }, { done: false }]
const TOKENS: readonly LockOutput[] = [...SMALL.map((token) => ({ done: true, token })), { done: false }]

const lockInput = (int: Int, client: number): LockInput => ({
  f: int(2) === 0 ? 'acquire' : 'release',
  key: 0,
  owner: int(4) === 0 ? int(3) : client,
})

/** Every client is an owner, acquires and releases in turn, and is never refused. */
const sections = <S>(
  model: AnyModel<S, LockInput, LockOutput>,
  tokens: boolean,
): Specimen<S, LockInput, LockOutput> => ({
  model,
  input: (int, client, _fresh, before) => ({
    f: int(12) === 0 ? 'release' : before % 2 === 0 ? 'acquire' : 'release',
    key: 0,
    owner: client,
  }),
  answers: ({ f }) =>
    tokens && f === 'acquire' ? SMALL.map((token) => ({ done: true, token })) : [{ done: true }],
})

const lock = <S>(
  model: AnyModel<S, LockInput, LockOutput>,
  tokens: boolean,
): Specimen<S, LockInput, LockOutput> => ({
  model,
  input: lockInput,
  answers: ({ f }) => (tokens && f === 'acquire' ? TOKENS : DONE),
})

/** `unique`: all values that are put are different. */
const queue = <S>(
  model: AnyModel<S, QueueInput, QueueOutput>,
  unique: boolean,
): Specimen<S, QueueInput, QueueOutput> => ({
  model,
  input: (int, _client, fresh) =>
    int(2) === 0 ? { f: 'put', key: 0, value: unique ? fresh : int(2) } : { f: 'take', key: 0 },
  answers: ({ f }) =>
    f === 'put' ? [{ taken: null }] : [null, 0, 1, 2, 3, 4, 5, 6, 7].map((taken) => ({ taken })),
})

const registers = (unique: boolean): Specimen<number | null, RegisterInput, RegisterOutput> => ({
  model: casRegister(null),
  input: (int, _client, fresh) => {
    const kind = int(3)
    const value = unique ? fresh : int(3)
    if (kind === 0) return { f: 'read', key: 0 }
    if (kind === 1) return { f: 'write', key: 0, value }
    return { f: 'cas', key: 0, expected: int(4) === 0 ? null : int(unique ? fresh + 1 : 3), next: value }
  },
  answers: ({ f }) =>
    f === 'read'
      ? [null, 0, 1, 2, 3, 4, 5, 6, 7].map((value) => ({ value }))
      : f === 'write'
        ? [{ applied: true }]
        : [{ applied: true }, { applied: false }],
})

const WORDS = ['', 'a', 'b', 'ab', 'ba', 'aa', 'bb']

const keyValues: Specimen<string, KeyValueInput, string> = {
  model: keyValue,
  input: (int) => {
    const f = (['get', 'put', 'append'] as const)[int(3)] as KeyValueInput['f']
    return f === 'get' ? { f, key: 'x' } : { f, key: 'x', value: int(2) === 0 ? 'a' : 'b' }
  },
  answers: ({ f }) => (f === 'get' ? WORDS : ['']),
}

const LETTERS = 'abcdefgh'.split('')

/** Short strings of different letters. */
const STRINGS: readonly string[] = [
  '',
  ...LETTERS,
  ...LETTERS.flatMap((a) => LETTERS.filter((b) => b !== a).map((b) => a + b)),
  ...LETTERS.slice(0, 5).flatMap((a) =>
    LETTERS.slice(1, 6).flatMap((b) => LETTERS.slice(2).map((c) => a + b + c)),
  ),
]

/** Each operation writes a different letter. */
const uniqueStrings: Specimen<string, KeyValueInput, string> = {
  model: keyValue,
  input: (int, _client, fresh) => {
    const f = (['get', 'get', 'put', 'append', 'append'] as const)[int(5)] as KeyValueInput['f']
    // Sometimes a put and an append write the same.
    const value = LETTERS[f === 'append' && int(9) === 0 ? int(8) : fresh] as string
    return f === 'get' ? { f, key: 'x' } : { f, key: 'x', value }
  },
  answers: ({ f }) => (f === 'get' ? STRINGS : ['']),
}

const counters: Specimen<number, CounterInput, { readonly value: number | null }> = {
  model: counter,
  input: (int) => (int(2) === 0 ? { f: 'read', key: 0 } : { f: 'add', key: 0, delta: int(4) - 1 }),
  answers: ({ f }) => [...SMALL, 3, 4, ...(f === 'add' ? [null] : [])].map((value) => ({ value })),
}

/** Counters whose adds all add the same; most adds do not return the new value. */
const counts: Specimen<number, CounterInput, { readonly value: number | null }> = {
  model: counter,
  input: (int) => (int(2) === 0 ? { f: 'read', key: 0 } : { f: 'add', key: 0, delta: 2 }),
  answers: ({ f }) =>
    [0, 2, 4, 6, 8, ...(f === 'add' ? [null, null, null] : [1])].map((value) => ({ value })),
}

/** Counters whose adds add different amounts in one direction, and do not return the new value. */
const sums = (sign: number): Specimen<number, CounterInput, { readonly value: number | null }> => ({
  model: counter,
  input: (int) =>
    int(5) < 2 ? { f: 'read', key: 0 } : { f: 'add', key: 0, delta: sign * ([1, 2, 3, 5][int(4)] as number) },
  answers: ({ f }) =>
    (f === 'add' ? [null] : [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12]).map((value) => ({
      value: value === null || value === 0 ? value : sign * value,
    })),
})

const sets: Specimen<readonly number[], SetInput, SetOutput> = {
  model: set,
  input: (int) => {
    const f = (['add', 'remove', 'contains', 'read'] as const)[int(4)] as SetInput['f']
    return f === 'read' ? { f, key: 0 } : { f, key: 0, element: int(2) }
  },
  answers: ({ f }) =>
    f === 'read' ? [[], [0], [1], [0, 1]] : f === 'contains' ? [true, false] : [true, false, null],
}

/** Each element is added once, and removed once or not at all. */
const elements: Specimen<readonly number[], SetInput, SetOutput> = {
  model: set,
  input: (int, _client, fresh) => {
    const f = (['add', 'remove', 'contains'] as const)[int(3)] as 'add' | 'remove' | 'contains'
    return { f, key: 0, element: f === 'add' ? fresh >> 1 : int(4) }
  },
  answers: ({ f }) => (f === 'contains' ? [true, false] : [true, false, null]),
}

/** All elements are different, and the only question is which are in. */
const growing: Specimen<readonly number[], SetInput, SetOutput> = {
  model: set,
  input: (int, _client, fresh) =>
    int(2) === 0 ? { f: 'read', key: 0 } : { f: 'add', key: 0, element: fresh },
  answers: ({ f }) => (f === 'read' ? subsets([0, 1, 2, 3, 4, 5]) : [false, null]),
}

const logs: Specimen<readonly Scalar[], LogInput, LogOutput> = {
  model: appendLog,
  input: (int) => (int(2) === 0 ? { f: 'append', key: 0, value: int(2) } : { f: 'read', key: 0 }),
  answers: ({ f }) => (f === 'append' ? OFFSETS : lists(2)),
}

/** Values of which some were appended: none twice. */
const someOf = (values: readonly number[], most: number): readonly (readonly number[])[] =>
  most === 0
    ? [[]]
    : [
        [],
        ...values.flatMap((first) =>
          someOf(
            values.filter((each) => each !== first),
            most - 1,
          ).map((rest) => [first, ...rest]),
        ),
      ]

/** All values that are appended are different. */
const uniqueLogs: Specimen<readonly Scalar[], LogInput, LogOutput> = {
  model: appendLog,
  input: (int, _client, fresh) =>
    int(5) < 3 ? { f: 'append', key: 0, value: fresh } : { f: 'read', key: 0 },
  answers: ({ f }) => (f === 'append' ? [null, null, ...OFFSETS] : someOf([0, 1, 2, 3, 4], 3)),
}

const transactions: Specimen<string, Transaction, Transaction> = {
  model: multiRegisterFrom(null),
  input: (int) =>
    Array.from({ length: 1 + int(2) }, () => {
      const f = int(2) === 0 ? 'read' : 'write'
      return { f, key: int(2), value: f === 'read' ? null : int(2) } as const
    }),
  answers: (input) =>
    input.reduce<readonly Transaction[]>(
      (all, step) =>
        all.flatMap((done) =>
          (step.f === 'write' ? [step.value] : [null, 0, 1]).map((value) => [...done, { ...step, value }]),
        ),
      [[]],
    ),
}

const successor = <S, I, O>(
  model: AnyModel<S, I, O>,
  state: S,
  input: I,
  output: O | undefined,
): S | undefined =>
  'steps' in model ? model.steps(state, input, output)[0] : model.step(state, input, output)

/**
 * A history of two to eight operations with overlaps, equal times and operations that never returned. The object answers
 * correctly, except for an occasional wrong answer.
 */
const historyOf = <S, I, O>(
  { model, input, answers }: Specimen<S, I, O>,
  seed: number,
): Operation<I, O>[] => {
  const next = random(seed)
  const int: Int = (bound) => Math.floor(next() * bound)
  const clients = 1 + int(5)
  const pendingShare = next() * 0.4
  const lieShare = next() * 0.3
  const count = 2 + int(7)
  const freeAt = new Array<number>(clients).fill(0)
  const called = new Array<number>(clients).fill(0)
  const operations: Operation<I, O>[] = []
  let state = model.init()
  for (let i = 0; i < count; i++) {
    const client = int(clients)
    const call = (freeAt[client] as number) + int(3)
    if (call === Number.POSITIVE_INFINITY) continue
    const isPending = next() < pendingShare
    const end = isPending ? Number.POSITIVE_INFINITY : call + int(5)
    freeAt[client] = end
    const asked = input(int, client, i, called[client] as number)
    called[client] = (called[client] as number) + 1
    const possible = answers(asked).filter((answer) => successor(model, state, asked, answer) !== undefined)
    const candidates = possible.length === 0 || next() < lieShare ? answers(asked) : possible
    const output = isPending ? undefined : candidates[int(candidates.length)]
    // An impossible answer leaves the object as it was.
    if (!isPending || int(2) === 0) state = successor(model, state, asked, output) ?? state
    operations.push({ client, call, return: end, input: asked, output })
  }
  return operations
}

const subject = <S, I, O>(name: string, specimen: Specimen<S, I, O>): Subject => ({
  name,
  model: specimen.model as unknown as AnyModel<unknown, unknown, unknown>,
  history: (seed) => historyOf(specimen, seed) as Operation<unknown, unknown>[],
})

export const subjects: readonly Subject[] = [
  subject('register', registers(false)),
  subject('register with unique values', registers(true)),
  subject('multi-register', transactions),
  subject('key-value', keyValues),
  subject('key-value with unique values', uniqueStrings),
  subject('counter', counters),
  subject('counter of one amount', counts),
  subject('counter of several amounts', sums(1)),
  subject('counter that counts down', sums(-1)),
  subject('set', sets),
  subject('set with unique elements', elements),
  subject('set that grows', growing),
  subject('fifo queue', queue(fifoQueue, false)),
  subject('fifo queue with unique values', queue(fifoQueue, true)),
  subject('multiset queue', queue(multisetQueue, false)),
  subject('multiset queue with unique values', queue(multisetQueue, true)),
  subject('priority queue', queue(priorityQueue, false)),
  subject('priority queue with unique values', queue(priorityQueue, true)),
  subject('stack', queue(stack, false)),
  subject('stack with unique values', queue(stack, true)),
  subject('mutex', lock(mutex, false)),
  subject('reentrant mutex', lock(reentrantMutex, false)),
  subject('fencing lock', lock(fencingLock, true)),
  subject('mutex by sections', sections(mutex, false)),
  subject('fencing lock by sections', sections(fencingLock, true)),
  subject('semaphore', lock(semaphore(2), false)),
  subject('append log', logs),
  subject('append log of different values', uniqueLogs),
]
