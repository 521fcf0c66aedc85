import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Durable, type Entry, emptyDisk, type Prepared } from '../core/types.ts'
import { Storage } from './storage.ts'

const prepared = (tx: string, value: number): Prepared => ({
  tx,
  participants: ['n1', 'n2'],
  reads: [],
  writes: [['bank/1', value]],
  results: [null],
})

const voted = (tx: string, value: number): Entry => ({ type: 'prepared', prepared: prepared(tx, value) })
const outcome = (tx: string, what: 'commit' | 'abort'): Entry => ({ type: 'outcome', tx, outcome: what })

let directory: string
const reopen = (): Durable => new Storage(directory).restored

beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'faultline-commit-'))
})
afterEach(() => fs.rmSync(directory, { recursive: true }))

it('a new node has done nothing', () => expect(reopen()).toEqual(emptyDisk))

it('finds again what it is in doubt about, what was committed, and nothing of what was aborted', () => {
  const storage = new Storage(directory)
  storage.append([{ type: 'start', start: 1 }, voted('n2.1.1', 5), voted('n2.1.2', 6)], true)
  storage.append([outcome('n2.1.1', 'commit'), outcome('n2.1.2', 'abort'), voted('n2.1.3', 7)], true)
  expect(reopen()).toMatchObject({
    start: 1,
    values: [['bank/1', 5]],
    prepared: [prepared('n2.1.3', 7)],
    outcomes: [
      ['n2.1.1', 'commit'],
      ['n2.1.2', 'abort'],
    ],
  })
})

it('finds again its decisions until they have ended, and the last request of a session for longer', () => {
  const request = { session: 9, seq: 4, results: [1] }
  const storage = new Storage(directory)
  storage.append(
    [{ type: 'committed', committed: { tx: 'n1.1.1', participants: ['n1', 'n2'], request } }],
    true,
  )
  expect(reopen().committed.map(({ tx }) => tx)).toEqual(['n1.1.1'])
  storage.append([{ type: 'ended', tx: 'n1.1.1' }], false)
  expect(reopen()).toMatchObject({ committed: [], sessions: [[9, { seq: 4, results: [1] }]] })
})

it('a torn write takes all of its batch and nothing before it', () => {
  const storage = new Storage(directory)
  const log = path.join(directory, 'log')
  storage.append([voted('n2.1.1', 5)], true)
  const first = fs.readFileSync(log).length
  storage.append([outcome('n2.1.1', 'commit'), voted('n2.1.2', 6)], true)
  const whole = fs.readFileSync(log)
  for (let length = first; length < whole.length; length++) {
    fs.writeFileSync(log, whole.subarray(0, length))
    expect(reopen(), `${length} bytes`).toMatchObject({ values: [], prepared: [prepared('n2.1.1', 5)] })
  }
})

it('a snapshot replaces the log, and what follows is added to it', () => {
  const storage = new Storage(directory)
  const durable: Durable = {
    ...emptyDisk,
    start: 3,
    values: [['bank/1', 5]],
    prepared: [prepared('n2.1.2', 6)],
  }
  storage.append([voted('n2.1.1', 5)], true)
  storage.replace(durable)
  expect(reopen()).toEqual(durable)
  storage.append([outcome('n2.1.2', 'commit')], true)
  expect(reopen()).toMatchObject({ start: 3, values: [['bank/1', 6]], prepared: [] })
})
