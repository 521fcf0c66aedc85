/** What a transaction does with single keys, and what comes of it on the shard that owns them. */
import type { NodeId } from '../../protocol/commands.ts'

/** The vocabulary, a slash, and the key: `bank/3`. */
export type Key = string

export type Step =
  | { readonly f: 'read'; readonly key: Key }
  | { readonly f: 'write'; readonly key: Key; readonly value: unknown }
  | { readonly f: 'append'; readonly key: Key; readonly value: unknown }
  /** To a number, which is `initial` at first. Condition: it does not fall below 0. */
  | { readonly f: 'add'; readonly key: Key; readonly amount: number; readonly initial: number }
  /** Condition: it has the value `expected`; null: none. */
  | { readonly f: 'swap'; readonly key: Key; readonly expected: unknown; readonly value: unknown }
  /** Condition: it has no value yet, or this one. */
  | { readonly f: 'claim'; readonly key: Key; readonly value: unknown }

export type Writes = readonly (readonly [Key, unknown])[]

export interface Effect {
  /** What each step reads; null for those that read nothing. */
  readonly results: readonly unknown[]
  /** Keys that are only read. */
  readonly reads: readonly Key[]
  readonly writes: Writes
}

/** The value that a step leaves; undefined: its condition does not hold. */
const afterStep = (step: Step, before: unknown): unknown => {
  switch (step.f) {
    case 'read':
      return before
    case 'write':
      return step.value
    case 'append':
      return [...((before ?? []) as readonly unknown[]), step.value]
    case 'add': {
      const sum = ((before ?? step.initial) as number) + step.amount
      return sum < 0 ? undefined : sum
    }
    case 'swap':
      return before === step.expected ? step.value : undefined
    case 'claim':
      return before === null || before === step.value ? step.value : undefined
  }
}

/** Null: a condition does not hold. @param read null: the key has no value */
export const perform = (steps: readonly Step[], read: (key: Key) => unknown): Effect | null => {
  const written = new Map<Key, unknown>()
  const results: unknown[] = []
  for (const step of steps) {
    const before = written.has(step.key) ? written.get(step.key) : read(step.key)
    const after = afterStep(step, before)
    if (after === undefined) return null
    results.push(step.f === 'read' ? before : null)
    if (step.f !== 'read') written.set(step.key, after)
  }
  const reads = new Set(steps.map(({ key }) => key).filter((key) => !written.has(key)))
  return { results, reads: [...reads], writes: [...written] }
}

const hash = (text: string): number => {
  let h = 0
  for (let at = 0; at < text.length; at++) h = (Math.imul(h, 31) + text.charCodeAt(at)) >>> 0
  return h
}

/** Whole numbers go to the nodes in turn, everything else by a hash. */
export const ownerOf = (key: Key, members: readonly NodeId[]): NodeId => {
  const name = key.slice(key.indexOf('/') + 1)
  const number = /^\d{1,15}$/.test(name) ? Number(name) : hash(name)
  return members[number % members.length] as NodeId
}
