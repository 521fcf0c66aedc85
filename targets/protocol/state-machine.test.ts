import { describe, expect, it } from 'vitest'
import type { Command } from './commands.ts'
import { StateMachine } from './state-machine.ts'

const entry = (index: number, command: Command) => ({ index, term: 1, command })
const write = (index: number, session: number, seq: number, value: number) =>
  entry(index, {
    kind: 'op',
    session,
    seq,
    vocabulary: 'register',
    call: { f: 'write', value: { key: 1, value } },
  })

describe('sessions', () => {
  it('apply a request once, however often it is in the log', () => {
    const machine = new StateMachine()
    expect(machine.apply(entry(1, { kind: 'session' }))).toEqual({ type: 'value', value: 1 })
    const first = machine.apply(write(2, 1, 1, 10))
    machine.apply(entry(3, { kind: 'session' }))
    machine.apply(write(4, 3, 1, 20))
    expect(machine.apply(write(5, 1, 1, 10))).toEqual(first)
    expect(machine.read('register', { f: 'read', value: { key: 1 } })).toEqual({ key: 1, value: 20 })
  })

  it('refuse a request that is older than the last one, and one without a session', () => {
    const machine = new StateMachine()
    machine.apply(entry(1, { kind: 'session' }))
    machine.apply(write(2, 1, 2, 10))
    expect(machine.apply(write(3, 1, 1, 11))).toEqual({ type: 'refused', error: 'stale-sequence' })
    expect(machine.apply(write(4, 9, 1, 12))).toEqual({ type: 'refused', error: 'session-expired' })
    expect(machine.read('register', { f: 'read', value: { key: 1 } })).toMatchObject({ value: 10 })
  })

  it('expire by the log alone: when there are too many, the one unused for longest is removed', () => {
    const machine = new StateMachine()
    for (let index = 1; index <= 1000; index++) machine.apply(entry(index, { kind: 'session' }))
    machine.apply(write(1001, 1, 1, 5))
    machine.apply(entry(1002, { kind: 'session' }))
    expect(machine.apply(write(1003, 2, 1, 6))).toMatchObject({ type: 'refused' })
    expect(machine.apply(write(1004, 1, 2, 7))).toMatchObject({ type: 'value' })
  })

  it('are part of the snapshot, with their last result', () => {
    const machine = new StateMachine()
    machine.apply(entry(1, { kind: 'session' }))
    machine.apply(write(2, 1, 1, 10))
    const restored = new StateMachine(machine.save())
    expect(restored.digest).toBe(machine.digest)
    expect(restored.apply(write(3, 1, 1, 10))).toMatchObject({ type: 'value', value: { value: 10 } })
    machine.apply(write(3, 1, 1, 10))
    expect(restored.digest).toBe(machine.digest)
  })
})

describe('registers', () => {
  it('compare and set', () => {
    const machine = new StateMachine()
    machine.apply(entry(1, { kind: 'session' }))
    const cas = (index: number, expected: number | null, next: number) =>
      machine.apply(
        entry(index, {
          kind: 'op',
          session: 1,
          seq: index,
          vocabulary: 'register',
          call: { f: 'cas', value: { key: 4, expected, next } },
        }),
      )
    expect(cas(2, null, 1)).toMatchObject({ value: { applied: true } })
    expect(cas(3, 5, 2)).toMatchObject({ value: { applied: false } })
    expect(machine.read('register', { f: 'read', value: { key: 4 } })).toMatchObject({ value: 1 })
  })

  it('the digest does not depend on the order of registers, but on that of entries', () => {
    const digestsOf = (...values: [number, number][]): readonly string[] => {
      const machine = new StateMachine()
      machine.apply(entry(1, { kind: 'session' }))
      values.forEach(([key, value], i) => {
        machine.apply(
          entry(i + 2, {
            kind: 'op',
            session: 1,
            seq: i + 1,
            vocabulary: 'register',
            call: { f: 'write', value: { key, value } },
          }),
        )
      })
      return machine.digest.split('-')
    }
    const [registers, log] = digestsOf([1, 5], [2, 6])
    expect(digestsOf([2, 6], [1, 5])[0]).toBe(registers)
    expect(digestsOf([1, 9], [1, 5], [2, 6])[0]).toBe(registers)
    expect(digestsOf([1, 6], [2, 5])[0]).not.toBe(registers)
    expect(digestsOf([2, 6], [1, 5])[1]).not.toBe(log)
    expect(digestsOf([1, 5], [2, 6])[1]).toBe(log)
  })

  it('the digest distinguishes a write from its retry in a later term', () => {
    const inTerm = (term: number): string => {
      const machine = new StateMachine()
      machine.apply(entry(1, { kind: 'session' }))
      machine.apply({ ...write(2, 1, 1, 10), term })
      return machine.digest
    }
    expect(inTerm(2)).not.toBe(inTerm(3))
  })
})
