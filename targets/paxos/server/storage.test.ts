import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Accepted, Durable, Ready } from '../core/types.ts'
import { Storage } from './storage.ts'

const accepted = (ballot: number, slot: number): Accepted => ({
  ballot,
  entry: { slot, proposed: ballot, command: { kind: 'noop' } },
})

const ready = (parts: Partial<Ready>): Ready => ({
  snapshot: null,
  promised: null,
  accepted: [],
  sync: true,
  messages: [],
  chosen: [],
  reads: [],
  lostReads: [],
  ...parts,
})

let directory: string
const reopen = (): Durable => new Storage(directory).restored

beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'faultline-paxos-'))
})
afterEach(() => fs.rmSync(directory, { recursive: true }))

it('a new acceptor has promised and accepted nothing', () =>
  expect(reopen()).toEqual({ promised: 0, accepted: [], snapshot: null }))

it('finds again what it promised, and the latest that it accepted for each slot', () => {
  const storage = new Storage(directory)
  storage.persist(ready({ promised: 3, accepted: [accepted(3, 1), accepted(3, 2)] }))
  storage.persist(ready({ promised: 7, accepted: [accepted(7, 1)] }))
  expect(reopen()).toEqual({ promised: 7, accepted: [accepted(7, 1), accepted(3, 2)], snapshot: null })
})

it('a torn write takes all of its batch and nothing before it', () => {
  const storage = new Storage(directory)
  const log = path.join(directory, 'log')
  storage.persist(ready({ promised: 3, accepted: [accepted(3, 1)] }))
  const first = fs.readFileSync(log).length
  storage.persist(ready({ promised: 7, accepted: [accepted(7, 1)] }))
  const whole = fs.readFileSync(log)
  for (let length = first; length < whole.length; length++) {
    fs.writeFileSync(log, whole.subarray(0, length))
    expect(reopen(), `${length} bytes`).toEqual({ promised: 3, accepted: [accepted(3, 1)], snapshot: null })
  }
})

it('a snapshot leaves the promise, and what was accepted above it', () => {
  const storage = new Storage(directory)
  storage.persist(ready({ promised: 3, accepted: [accepted(3, 1), accepted(3, 2)] }))
  const durable = { promised: 3, accepted: [accepted(3, 2)], snapshot: { index: 1, data: 'all' } }
  storage.replace(durable)
  expect(reopen()).toEqual(durable)
  storage.persist(ready({ promised: 8 }))
  expect(reopen()).toEqual({ ...durable, promised: 8 })
})
