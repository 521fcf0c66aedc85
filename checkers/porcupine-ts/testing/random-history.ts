/** Seeded small register histories: about half of them legal, with pending operations and equal times. */
import type { Operation } from '../model.ts'
import type { RegisterInput, RegisterOutput } from '../models.ts'

/** mulberry32: good enough to spread small cases, and free of dependencies. */
const random = (seed: number): (() => number) => {
  let state = (seed * 0x9e3779b1) | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const MAX_OPERATIONS = 7
const VALUES = 3

export const randomHistory = (seed: number): Operation<RegisterInput, RegisterOutput>[] => {
  const next = random(seed)
  const int = (bound: number): number => Math.floor(next() * bound)
  const operations: Operation<RegisterInput, RegisterOutput>[] = []
  const clients = 1 + int(4)
  const count = 2 + int(MAX_OPERATIONS - 1)
  const freeAt = new Array<number>(clients).fill(0)
  // A register that really runs gives plausible outputs; now and then one of them is a lie.
  let state: number | null = null
  for (let i = 0; i < count; i++) {
    const client = int(clients)
    const call = (freeAt[client] as number) + int(3)
    const pending = next() < 0.15
    const end = pending ? Number.POSITIVE_INFINITY : call + int(5)
    if (call === Number.POSITIVE_INFINITY) continue
    freeAt[client] = end
    const value = int(VALUES)
    const kind = int(3)
    let input: RegisterInput
    let output: RegisterOutput
    if (kind === 0) {
      input = { f: 'read', key: 0 }
      output = { value: next() < 0.75 ? state : int(VALUES) }
    } else if (kind === 1) {
      input = { f: 'write', key: 0, value }
      output = { applied: true }
      state = value
    } else {
      const expected: number | null = next() < 0.6 ? state : int(VALUES)
      input = { f: 'cas', key: 0, expected, next: value }
      const applied: boolean = expected === state
      output = { applied: next() < 0.85 ? applied : !applied }
      if (applied) state = value
    }
    operations.push({ client, call, return: end, input, output: pending ? undefined : output })
  }
  return operations
}
