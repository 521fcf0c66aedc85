/** Seeded small register histories: about half of them legal, with pending operations and equal times. */
import type { Operation } from '../model.ts'
import type { RegisterInput, RegisterOutput } from '../models/register.ts'
import { random } from './random.ts'

const MAX_OPERATIONS = 8

export const randomHistory = (seed: number): Operation<RegisterInput, RegisterOutput>[] => {
  const next = random(seed)
  const int = (bound: number): number => Math.floor(next() * bound)
  const operations: Operation<RegisterInput, RegisterOutput>[] = []
  const clients = 1 + int(5)
  const values = 2 + int(3)
  const pendingShare = next() * 0.4
  const count = 2 + int(MAX_OPERATIONS - 1)
  const freeAt = new Array<number>(clients).fill(0)
  // A register that really runs gives plausible outputs; now and then one of them is a lie.
  let state: number | null = null
  for (let i = 0; i < count; i++) {
    const client = int(clients)
    const call = (freeAt[client] as number) + int(3)
    const pending = next() < pendingShare
    const end = pending ? Number.POSITIVE_INFINITY : call + int(5)
    if (call === Number.POSITIVE_INFINITY) continue
    freeAt[client] = end
    const value = int(values)
    const kind = int(3)
    let input: RegisterInput
    let output: RegisterOutput
    if (kind === 0) {
      input = { f: 'read', key: 0 }
      output = { value: next() < 0.75 ? state : int(values) }
    } else if (kind === 1) {
      input = { f: 'write', key: 0, value }
      output = { applied: true }
      state = value
    } else {
      const expected: number | null = next() < 0.6 ? state : int(values)
      input = { f: 'cas', key: 0, expected, next: value }
      const applied: boolean = expected === state
      output = { applied: next() < 0.85 ? applied : !applied }
      if (applied) state = value
    }
    operations.push({ client, call, return: end, input, output: pending ? undefined : output })
  }
  return operations
}
