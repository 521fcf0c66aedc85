import { describe, expect, it } from 'vitest'
import type { Rng } from '../../harness/api/random.ts'
import type { Status } from '../../harness/api/verdict.ts'
import { rngFromSeed } from '../../harness/support/random.ts'
import { cases } from '../../harness/testing/cases.ts'
import { expecting } from '../../harness/testing/promises.ts'
import { done, judgeSteps, type Step } from '../../harness/testing/steps.ts'
import { linearizability } from './linearizability.ts'

const SEQUENTIAL = expecting('sequential')

const write = (process: number, key: number, value: number) => done(process, 'write', { key, value })
const read = (process: number, key: number, value: number | null) =>
  done(process, 'read', { key }, { key, value })
const cas = (process: number, key: number, expected: number, next: number, applied: boolean) =>
  done(process, 'cas', { key, expected, next }, { key, expected, next, applied })

cases(
  linearizability({ initial: null }),
  [
    [
      'an old read of a process that has not seen more',
      'valid',
      write(0, 1, 1),
      read(1, 1, null),
      read(1, 1, 1),
    ],
    ['reads of nothing', 'unknown', read(0, 1, null), read(1, 1, null)],
    ['a process goes back', 'invalid', write(0, 1, 1), write(0, 1, 2), read(1, 1, 2), read(1, 1, 1)],
    // Causally consistent: the writes are concurrent.
    [
      'two readers see two writes in different orders',
      'invalid',
      write(0, 1, 1),
      write(1, 2, 1),
      read(2, 1, 1),
      read(2, 2, null),
      read(3, 2, 1),
      read(3, 1, null),
    ],
    [
      'two readers see two writes of one key in different orders',
      'invalid',
      write(0, 1, 1),
      write(1, 1, 2),
      read(2, 1, 1),
      read(2, 1, 2),
      read(3, 1, 2),
      read(3, 1, 1),
    ],
    [
      'both writers miss the write of the other',
      'invalid',
      write(0, 1, 1),
      write(1, 2, 1),
      read(0, 2, null),
      read(1, 1, null),
    ],
    [
      'two comparisons that expect the same value',
      'invalid',
      write(0, 1, 1),
      cas(1, 1, 1, 2, true),
      cas(2, 1, 1, 3, true),
    ],
    [
      'a comparison that fails because of a write in doubt',
      'unknown',
      write(0, 1, 1),
      [
        [1, 'invoke', 'write', { key: 1, value: 2 }],
        [1, 'info', 'write'],
      ],
      cas(2, 1, 1, 3, false),
      read(2, 1, 1),
      cas(2, 1, 1, 4, false),
    ],
  ],
  { what: 'promised to be sequential', parts: SEQUENTIAL },
)

interface Op {
  readonly process: number
  readonly key: number
  readonly write: number | null
  readonly read: number | null
}

/** Whether some order of the processes' operations explains all reads: tries every one. */
const isSequential = (programs: readonly (readonly Op[])[]): boolean => {
  const at = programs.map(() => 0)
  const values = new Map<number, number>()
  const search = (): boolean => {
    if (programs.every((program, i) => at[i] === program.length)) return true
    return programs.some((program, i) => {
      const op = program[at[i] as number]
      if (op === undefined) return false
      const before = values.get(op.key)
      if (op.write === null && (before ?? null) !== op.read) return false
      if (op.write !== null) values.set(op.key, op.write)
      ;(at[i] as number)++
      const isFound = search()
      ;(at[i] as number)--
      if (before === undefined) values.delete(op.key)
      else values.set(op.key, before)
      return isFound
    })
  }
  return search()
}

/** Up to eleven operations of three processes on two keys, which read what somebody writes, or nothing. */
const draw = (rng: Rng): readonly Op[] => {
  const count = 4 + rng.fork('count').int(8)
  const kinds = Array.from({ length: count }, (_, i) => ({
    process: rng.fork('process', i).int(3),
    key: rng.fork('key', i).int(2),
    write: rng.fork('write', i).float() < 0.45 ? i + 1 : null,
  }))
  return kinds.map((op, i) => {
    const written = kinds.flatMap(({ key, write }) => (key === op.key && write !== null ? [write] : []))
    return { ...op, read: op.write === null ? rng.fork('read', i).pick([null, ...written]) : null }
  })
}

describe('agrees with a search through all orders', () => {
  const HISTORIES = 3000
  it(`on ${HISTORIES} small histories, and decides every one`, async () => {
    const counts: Record<Status, number> = { valid: 0, invalid: 0, unknown: 0 }
    for (let seed = 0; seed < HISTORIES; seed++) {
      const ops = draw(rngFromSeed(seed))
      const steps = ops.flatMap(({ process, key, write: value, read: found }): readonly Step[] =>
        value === null ? read(process, key, found) : write(process, key, value),
      )
      const { status, summary } = await judgeSteps(linearizability({ initial: null }), steps, SEQUENTIAL)
      const programs = [0, 1, 2].map((process) => ops.filter((op) => op.process === process))
      const readsNothing = ops.every(({ write: value }) => value === null)
      if (readsNothing) expect(status).toBe('unknown')
      else expect(status, `seed ${seed}: ${summary}`).toBe(isSequential(programs) ? 'valid' : 'invalid')
      counts[status]++
    }
    expect(counts.valid).toBeGreaterThan(HISTORIES * 0.1)
    expect(counts.invalid).toBeGreaterThan(HISTORIES * 0.1)
  })
})
