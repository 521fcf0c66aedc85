import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CorruptLogError } from '../../protocol/server/record-log.ts'
import type { Entry, Ready } from '../core/types.ts'
import { Storage } from './storage.ts'

const entry = (index: number, term = 1): Entry => ({ index, term, command: { kind: 'noop' } })

const ready = (parts: Partial<Ready>): Ready => ({
  hardState: null,
  snapshot: null,
  entries: [],
  sync: true,
  messages: [],
  committed: [],
  reads: [],
  lostReads: [],
  ...parts,
})

describe('storage', () => {
  let directory: string
  const log = (): string => path.join(directory, 'log')
  const reopen = () => new Storage(directory).restored

  beforeEach(() => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'faultline-storage-'))
    const storage = new Storage(directory)
    storage.persist(
      ready({ hardState: { term: 2, votedFor: 'n1' }, entries: [entry(1), entry(2), entry(3)] }),
    )
  })
  afterEach(() => fs.rmSync(directory, { recursive: true }))

  it('finds again what it persisted', () => {
    expect(reopen()).toEqual({
      hardState: { term: 2, votedFor: 'n1' },
      snapshot: null,
      entries: [entry(1), entry(2), entry(3)],
    })
  })

  it('an entry replaces what was there from its index on', () => {
    new Storage(directory).persist(ready({ entries: [entry(2, 3)] }))
    expect(reopen().entries).toEqual([entry(1), entry(2, 3)])
  })

  it('cuts a torn tail, wherever the last batch was torn, and goes on from there', () => {
    const first = fs.readFileSync(log()).length
    new Storage(directory).persist(ready({ entries: [entry(4), entry(5)] }))
    const whole = fs.readFileSync(log())
    for (let length = first; length < whole.length; length++) {
      fs.writeFileSync(log(), whole.subarray(0, length))
      const storage = new Storage(directory)
      expect(storage.restored.entries).toEqual([entry(1), entry(2), entry(3)])
      storage.persist(ready({ entries: [entry(4, 9)] }))
      expect(reopen().entries.at(-1)).toEqual(entry(4, 9))
    }
  })

  it('cuts a tail of zeros and a tail of garbage', () => {
    const whole = fs.readFileSync(log())
    for (const tail of [Buffer.alloc(4096), Buffer.from('garbage that was never synced')]) {
      fs.writeFileSync(log(), Buffer.concat([whole, tail]))
      expect(reopen().entries).toHaveLength(3)
    }
  })

  it('refuses to start where any byte before the last batch is damaged', () => {
    const storage = new Storage(directory)
    const first = fs.readFileSync(log()).length
    storage.persist(ready({ entries: [entry(4), entry(5)] }))
    const whole = fs.readFileSync(log())
    for (let at = 0; at < first; at++) {
      const damaged = Buffer.from(whole)
      damaged[at] = (damaged[at] as number) ^ 0x55
      fs.writeFileSync(log(), damaged)
      expect(() => new Storage(directory), `byte ${at}`).toThrow(CorruptLogError)
    }
  })

  it('takes damage within the last batch for a power loss, and cuts all of the batch', () => {
    const storage = new Storage(directory)
    const first = fs.readFileSync(log()).length
    storage.persist(ready({ entries: [entry(4), entry(5), entry(6)] }))
    const whole = fs.readFileSync(log())
    for (let at = first; at < whole.length; at++) {
      const damaged = Buffer.from(whole)
      damaged[at] = (damaged[at] as number) ^ 0x55
      fs.writeFileSync(log(), damaged)
      expect(reopen().entries, `byte ${at}`).toEqual([entry(1), entry(2), entry(3)])
    }
  })

  it('each version reads what the other wrote', () => {
    new Storage(directory, 1).persist(ready({ entries: [entry(4), entry(5)] }))
    new Storage(directory, 2).persist(ready({ entries: [entry(6)] }))
    new Storage(directory, 1).persist(ready({ entries: [entry(7)] }))
    expect(new Storage(directory, 1).restored.entries).toHaveLength(7)
    expect(reopen().entries).toHaveLength(7)
  })

  it('version 2: a whole record that does not follow on those before it is no part of the log', () => {
    const storage = new Storage(directory)
    const first = fs.readFileSync(log()).length
    storage.persist(ready({ entries: [entry(4)] }))
    const strange = fs.readFileSync(log()).subarray(first)
    fs.truncateSync(log(), first)
    new Storage(directory).persist(ready({ entries: [entry(4, 2)] }))
    const second = fs.readFileSync(log()).length
    // The same bytes that once followed the first batch now follow the second one.
    fs.writeFileSync(log(), Buffer.concat([fs.readFileSync(log()).subarray(0, second), strange]))
    expect(reopen().entries).toEqual([entry(1), entry(2), entry(3), entry(4, 2)])
  })

  it('compacts: the snapshot, and of the log what is above it', () => {
    const snapshot = { index: 2, term: 1, members: ['n1'], data: '{}' }
    new Storage(directory).compact(snapshot, [entry(3)])
    expect(reopen()).toEqual({ hardState: { term: 2, votedFor: 'n1' }, snapshot, entries: [entry(3)] })
  })

  it('an installed snapshot replaces the log', () => {
    const snapshot = { index: 9, term: 4, members: ['n1'], data: '{}' }
    new Storage(directory).persist(ready({ snapshot, entries: [entry(10, 4)] }))
    expect(reopen()).toMatchObject({ snapshot, entries: [entry(10, 4)] })
  })

  it('refuses a damaged snapshot', () => {
    new Storage(directory).compact({ index: 2, term: 1, members: ['n1'], data: '{}' }, [])
    const file = path.join(directory, 'snapshot')
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('"index":2', '"index":3'))
    expect(() => new Storage(directory)).toThrow(CorruptLogError)
  })
})
