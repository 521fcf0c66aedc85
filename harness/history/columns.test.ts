/** A history is the same in memory and on disk. */
import fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Operation } from '../api/history.ts'
import { SpillFile } from '../store/spill-file.ts'
import { parseJson, printJson } from '../support/json.ts'
import { columnsOf } from '../testing/columns.ts'
import { plain } from '../testing/decoded.ts'
import { asWritten, longHistory } from '../testing/long-history.ts'
import { CHUNK } from './chunk.ts'
import { type History, historyOf } from './columns.ts'
import { decodeHistory, encodeOperation } from './jsonl.ts'
import { pairOperations } from './pairing.ts'

const COUNT = 5 * CHUNK + 17

const builtWith = (history: readonly Operation[], mostInMemory?: number): History =>
  historyOf(columnsOf(history, { makeSpill: () => new SpillFile(), mostInMemory }))

/** Files without a name that this process has open. */
const spilled = (): readonly string[] =>
  fs.readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return fs.readlinkSync(`/proc/self/fd/${fd}`).includes('faultline-history-')
    } catch {
      return false
    }
  })

describe('a history in columns', () => {
  const history = longHistory(COUNT)

  it.each([undefined, 0, 2])('is what was taken, with %s chunks in memory', (chunksInMemory) => {
    const built = builtWith(history, chunksInMemory)
    expect(built.history.length).toBe(COUNT)
    expect(plain(built.history)).toEqual(history)
    const places = [0, CHUNK - 1, CHUNK, 3 * CHUNK + 5, COUNT - 1, 1]
    for (const place of places) expect(built.history.at(place)?.value).toEqual(history[place]?.value)
    expect(built.history.at(-1)?.index).toBe(COUNT - 1)
    expect(built.history.at(COUNT)).toBeUndefined()
    const indices = (pairs: History['pairs']): readonly unknown[] =>
      pairs.map(({ invocation, completion }) => [invocation.index, completion?.index ?? null])
    expect(indices(built.pairs)).toEqual(indices(pairOperations(history)))
  })

  it.each([undefined, 0])('has its long values elsewhere, with %s chunks in memory', (mostInMemory) => {
    const lines = history.slice(0, CHUNK + 100).map((each) => Buffer.from(encodeOperation(asWritten(each))))
    for (const longBytes of [1, 10]) {
      const room = { name: 'it', makeSpill: () => new SpillFile(), mostInMemory, longBytes }
      const { history: read } = decodeHistory(lines, room)
      expect(plain(read)).toEqual(history.slice(0, CHUNK + 100))
    }
  })

  it('has neither many long values in memory at a time, nor many chunks of them', () => {
    // Values of 20 kB: a chunk of them alone would take 320 MB.
    const filler = 'x'.repeat(20_000)
    const long = (place: number): Operation => ({
      ...(history[place] as Operation),
      value: { key: place, filler },
    })
    const count = CHUNK + 100
    const line = Buffer.alloc(30_000)
    const lines = function* (): Iterable<Buffer> {
      for (let place = 0; place < count; place++)
        yield line.subarray(0, line.write(encodeOperation(asWritten(long(place)))))
    }
    const before = process.memoryUsage().arrayBuffers
    const { history: read } = decodeHistory(lines(), { name: 'it', makeSpill: () => new SpillFile() })
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 27)
    for (const place of [0, CHUNK - 1, CHUNK, count - 1])
      expect(read.at(place)?.value).toEqual(long(place).value)
  })

  it('that is too long for memory leaves no file, and a chunk that was damaged is told', () => {
    const before = new Set(spilled())
    const built = builtWith(history, 0)
    const [fd] = spilled().filter((each) => !before.has(each))
    expect(fs.readlinkSync(`/proc/self/fd/${fd}`)).toMatch(/\(deleted\)$/)
    const file = fs.openSync(`/proc/self/fd/${fd}`, 'r+')
    fs.writeSync(file, 'x', 40)
    fs.closeSync(file)
    expect(() => built.history.at(0)?.timeNs).toThrow(
      'operations 0 and following of the history were damaged on disk',
    )
    expect(built.history.at(2 * CHUNK)?.timeNs).toBe(2 * CHUNK * 10)
  })

  it('that fits nowhere is a clear error', () =>
    expect(() => new SpillFile('/nonexistent')).toThrow(/too long for memory.*set TMPDIR/))

  it('is copied as an object of its own', () => {
    const { history: read } = builtWith(history.slice(0, 100))
    expect(parseJson(printJson([...read]))).toEqual(history.slice(0, 100))
  })
})
