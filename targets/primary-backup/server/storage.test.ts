import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Durable, type Entry, emptyDisk, NOTHING, type Ready } from '../core/types.ts'
import { Storage } from './storage.ts'

const entry = (index: number, view: number): Entry => ({ index, view, command: { kind: 'noop' } })

const ready = (parts: Partial<Ready>): Ready => ({
  isReplaced: false,
  isRebuilt: false,
  view: null,
  entries: [],
  sync: true,
  messages: [],
  committed: [],
  ...parts,
})

let directory: string
const reopen = (): Durable => new Storage(directory).restored

beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'faultline-primary-backup-'))
})
afterEach(() => fs.rmSync(directory, { recursive: true }))

it('a new node has nothing', () => expect(reopen()).toEqual(emptyDisk))

it('finds again its view, and the entries that replaced others', () => {
  const storage = new Storage(directory)
  storage.persist(ready({ view: 1, entries: [entry(1, 1), entry(2, 1), entry(3, 1)] }))
  storage.persist(ready({ view: 4, entries: [entry(2, 4)] }))
  expect(reopen()).toEqual({ view: 4, snapshot: NOTHING, entries: [entry(1, 1), entry(2, 4)] })
})

it('a torn write takes all of its batch and nothing before it', () => {
  const storage = new Storage(directory)
  const log = path.join(directory, 'log')
  storage.persist(ready({ view: 1, entries: [entry(1, 1)] }))
  const first = fs.readFileSync(log).length
  storage.persist(ready({ view: 4, entries: [entry(2, 4)] }))
  const whole = fs.readFileSync(log)
  for (let length = first; length < whole.length; length++) {
    fs.writeFileSync(log, whole.subarray(0, length))
    expect(reopen(), `${length} bytes`).toEqual({ view: 1, snapshot: NOTHING, entries: [entry(1, 1)] })
  }
})

it('a state that was taken over replaces everything, and so does nothing at all', () => {
  const storage = new Storage(directory)
  storage.persist(ready({ view: 1, entries: [entry(1, 1), entry(2, 1)] }))
  const taken = { view: 4, snapshot: { index: 9, view: 3, data: 'all' }, entries: [entry(10, 4)] }
  storage.replace(taken)
  expect(reopen()).toEqual(taken)
  storage.replace({ ...emptyDisk, view: 5 })
  expect(reopen()).toEqual({ ...emptyDisk, view: 5 })
})
