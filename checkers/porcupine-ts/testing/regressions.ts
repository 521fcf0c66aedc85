/** Register histories that an engine once judged wrongly, or would without one of its rules. Too rare to find by chance. */
import type { Operation } from '../model.ts'
import type { RegisterInput, RegisterOutput } from '../models/register.ts'

type Register = Operation<RegisterInput, RegisterOutput>

const OPEN = Number.POSITIVE_INFINITY
const write = (client: number, call: number, end: number, value: number): Register => ({
  client,
  call,
  return: end,
  input: { f: 'write', key: 0, value },
  output: end === OPEN ? undefined : { applied: true },
})
const read = (client: number, call: number, end: number, value: number): Register => ({
  client,
  call,
  return: end,
  input: { f: 'read', key: 0 },
  output: { value },
})
const cas = (
  client: number,
  call: number,
  end: number,
  expected: number,
  next: number,
  applied = true,
): Register => ({
  client,
  call,
  return: end,
  input: { f: 'cas', key: 0, expected, next },
  output: { applied },
})

export interface Regression {
  readonly name: string
  readonly verdict: 'ok' | 'illegal'
  readonly operations: readonly Register[]
}

export const regressions: readonly Regression[] = [
  {
    name: 'a pending write of the value that is there hides another write',
    verdict: 'ok',
    operations: [
      write(2, 2, 4, 0),
      read(1, 2, 5, 0),
      write(1, 7, 9, 2),
      write(0, 2, OPEN, 0),
      read(1, 10, 12, 1),
      cas(2, 5, 9, 0, 1),
      read(1, 13, 16, 1),
    ],
  },
  {
    name: 'a failed compare-and-set comes after one that returned before its call',
    verdict: 'illegal',
    operations: [
      write(0, 0, 1, 1),
      read(0, 2, 20, 1),
      write(1, 3, 22, 2),
      cas(2, 6, 8, 1, 3, false),
      cas(2, 10, 12, 2, 4, false),
    ],
  },
]
