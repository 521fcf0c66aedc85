/** The history of a run is the same from its columns as from its text, whatever becomes of either. */
import fs from 'node:fs'
import path from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { workloads } from '../../workloads/index.ts'
import type { Operation } from '../api/history.ts'
import type { Workload } from '../api/workload.ts'
import { writeScaleHistory } from '../cli/bench/scale-history.ts'
import { CHUNK } from '../history/chunk.ts'
import { encodeOperation } from '../history/jsonl.ts'
import { UserError } from '../support/assert.ts'
import { temporaryFolder } from '../testing/command.ts'
import { plain } from '../testing/decoded.ts'
import { validRun } from '../testing/incidents.ts'
import { longHistory } from '../testing/long-history.ts'
import { digestOf, readStored, storeHistory } from '../testing/stored-history.ts'
import { storeRun } from '../testing/stored-runs.ts'
import { removeUnfinished } from './columns-file.ts'
import { readHistory, readRunHistory } from './run-history.ts'
import { FILES, loadRun } from './run-store.ts'

afterEach(() => void vi.restoreAllMocks())

const inodeOf = (file: string): number => fs.statSync(file).ino

describe('stored columns', () => {
  it.each([1, 100, CHUNK, CHUNK + 1, 3 * CHUNK + 17])('of %d operations are what was recorded', (count) => {
    const operations = longHistory(count)
    for (const mostInMemory of [undefined, 0, 1]) {
      using stored = storeHistory(operations)
      const expected = digestOf(readHistory(stored.file))
      const first = readStored(stored.file, mostInMemory)
      expect(fs.readdirSync(stored.dir).sort()).toEqual([FILES.columns, FILES.history])
      expect(digestOf(first)).toBe(expected)
      const inode = inodeOf(stored.columns)
      const second = readStored(stored.file, mostInMemory)
      expect(plain(second.history)).toEqual(operations)
      expect(digestOf(second)).toBe(expected)
      expect(digestOf(first)).toBe(expected)
      expect(inodeOf(stored.columns)).toBe(inode)
    }
  })

  it.each(['register', 'set', 'bank', 'list-append', 'queue'])(
    'of the workload %s are its history',
    (name) => {
      using stored = storeHistory([])
      const workload = workloads[name] as Workload
      writeScaleHistory(stored.file, workload, { operations: 20_000, isBroken: true })
      const expected = digestOf(readHistory(stored.file))
      expect(digestOf(readStored(stored.file))).toBe(expected)
      expect(digestOf(readStored(stored.file))).toBe(expected)
      expect(fs.existsSync(stored.columns)).toBe(true)
    },
  )

  it('of what somebody else wrote are the same', () => {
    using stored = storeHistory([])
    const lines = longHistory(2000).map((operation) =>
      encodeOperation(operation)
        .replace('"timeNs":', ' "timeNs" : 1')
        .replace('"node":"n3"', '"node":12345678901234567890'),
    )
    fs.writeFileSync(stored.file, lines.join(''))
    const expected = digestOf(readHistory(stored.file))
    expect(digestOf(readStored(stored.file))).toBe(expected)
    expect(digestOf(readStored(stored.file))).toBe(expected)
  })

  it('are not for short histories, nor for those that are torn', () => {
    using stored = storeHistory(longHistory(100))
    readRunHistory(stored.file)
    expect(fs.readdirSync(stored.dir)).toEqual([FILES.history])
    fs.appendFileSync(stored.file, '{"index":100,"ti')
    for (const _ of [1, 2])
      expect(readStored(stored.file).notes).toEqual([expect.stringContaining('its last line is torn (16')])
    expect(fs.readdirSync(stored.dir)).toEqual([FILES.history])
  })

  it('are not of a history that is malformed, which is told each time', () => {
    using stored = storeHistory(longHistory(100))
    fs.appendFileSync(stored.file, '{"index":"x"}\n')
    for (const _ of [1, 2]) expect(() => readStored(stored.file)).toThrow('line 102: no integer "index"')
    expect(fs.readdirSync(stored.dir)).toEqual([FILES.history])
  })

  it('are made of a long run that is over, and of no other', async () => {
    using results = temporaryFolder()
    const dir = storeRun(results.path, await validRun(), { name: 'a/over' })
    const goingOn = storeRun(results.path, await validRun(), { name: 'a/going-on', isOver: false })
    const lines = longHistory(60_000).map(encodeOperation).join('')
    for (const each of [dir, goingOn]) fs.writeFileSync(path.join(each, FILES.history), lines)
    const expected = digestOf({ ...loadRun(goingOn).record, notes: [] })
    for (const _ of [1, 2]) expect(digestOf({ ...loadRun(dir).record, notes: [] })).toBe(expected)
    expect(fs.existsSync(path.join(dir, FILES.columns))).toBe(true)
    expect(fs.existsSync(path.join(goingOn, FILES.columns))).toBe(false)
  })
})

describe('columns of a history that has changed since', () => {
  const first = longHistory(500)

  it('because it was appended to are made again', () => {
    using stored = storeHistory(first)
    readStored(stored.file)
    const next: Operation = {
      index: 500,
      timeNs: 5000,
      process: 'nemesis',
      type: 'info',
      f: 'kill',
      value: null,
    }
    fs.appendFileSync(stored.file, encodeOperation(next))
    expect(plain(readStored(stored.file).history)).toEqual([...first, next])
    expect(plain(readStored(stored.file).history)).toEqual([...first, next])
  })

  it('without a change of its size are made again, however soon, and whatever its time says', () => {
    using stored = storeHistory(first)
    const texts = ['"error":"é 46"', '"error":"é 47"'] as const
    for (let round = 0; round < 30; round++) {
      const { atime, mtime } = fs.statSync(stored.file)
      const [from, to] = round % 2 === 0 ? texts : texts.toReversed()
      readStored(stored.file)
      fs.writeFileSync(
        stored.file,
        fs.readFileSync(stored.file, 'utf8').replace(from as string, to as string),
      )
      fs.utimesSync(stored.file, atime, mtime)
      expect(readStored(stored.file).history.at(46)?.error).toBe(`é ${round % 2 === 0 ? 47 : 46}`)
    }
  })

  it('because another one is in its place are made again; a copy of both keeps them', () => {
    using stored = storeHistory(first)
    using other = storeHistory(first.map((operation) => ({ ...operation, timeNs: operation.timeNs + 1 })))
    readStored(stored.file)
    const inode = inodeOf(stored.columns)
    fs.copyFileSync(stored.columns, other.columns)
    fs.copyFileSync(stored.file, `${stored.file}.copy`)
    fs.renameSync(`${stored.file}.copy`, stored.file)
    expect(plain(readStored(stored.file).history)).toEqual(first)
    expect(inodeOf(stored.columns)).toBe(inode)
    expect(readStored(other.file).history.at(0)?.timeNs).toBe((first[0]?.timeNs as number) + 1)
  })
})

describe('columns that are damaged', () => {
  /** Reads all after each damage: what is read is right, or an error says what to do. */
  const outcomes = (
    operations: readonly Operation[],
    damages: readonly ((whole: Buffer) => Buffer)[],
  ): readonly ('right' | 'told')[] => {
    using stored = storeHistory(operations)
    const expected = digestOf(readStored(stored.file))
    const whole = fs.readFileSync(stored.columns)
    const read = (): 'right' | 'told' => {
      try {
        expect(digestOf(readStored(stored.file))).toBe(expected)
        return 'right'
      } catch (error) {
        if (!(error instanceof UserError)) throw error
        expect(error.message).toMatch(/history\.columns is damaged: (?:operations|pairs) /)
        expect(error.message).toContain('Delete this file; it is made again from history.jsonl.')
        return 'told'
      }
    }
    return damages.map((damage) => {
      fs.writeFileSync(stored.columns, damage(whole))
      const outcome = read()
      if (outcome === 'told') fs.rmSync(stored.columns)
      expect(read()).toBe('right')
      return outcome
    })
  }

  it('because they are cut off, or not ours, are made again', () => {
    const cuts = Array.from(
      { length: 50 },
      (_, i) => (whole: Buffer) => whole.subarray(0, Math.floor((whole.length * i) / 50)),
    )
    const found = outcomes(longHistory(2000), [
      ...cuts,
      (whole) => whole.subarray(0, -1),
      (whole) => whole.subarray(1),
      (whole) => Buffer.concat([whole, Buffer.from('x')]),
      (whole) => Buffer.concat([whole, whole.subarray(-28)]),
      (whole) => Buffer.alloc(whole.length),
    ])
    expect(new Set(found)).toEqual(new Set(['right']))
  })

  it('in one bit anywhere never give a wrong answer', () => {
    const flip = (at: (length: number) => number) => (whole: Buffer) => {
      const flipped = Buffer.from(whole)
      const place = at(whole.length)
      flipped[place] = (flipped[place] as number) ^ (1 << (place % 8))
      return flipped
    }
    const everywhere = Array.from({ length: 40 }, (_, i) => flip((length) => Math.floor((length * i) / 40)))
    const [header, end] = [
      [0, 13, 30].map((at) => flip(() => at)),
      Array.from({ length: 28 }, (_, i) => flip((length) => length - 1 - i)),
    ]
    expect(new Set(outcomes(longHistory(2000), [...header, ...end]))).toEqual(new Set(['right']))
    expect(new Set(outcomes(longHistory(CHUNK + 300), everywhere))).toEqual(new Set(['right', 'told']))
  })
})

describe('a folder that takes no columns', () => {
  const operations = longHistory(CHUNK + 300)

  const refusal = (code: string): Error => Object.assign(new Error(code), { code, syscall: 'refused' })

  it.each<[string, () => void]>([
    [
      'because it can only be read',
      () => {
        const open = fs.openSync
        vi.spyOn(fs, 'openSync').mockImplementation((file, flags, mode) => {
          if (flags === 'wx+' && String(file).includes(FILES.columns)) throw refusal('EROFS')
          return open(file, flags, mode)
        })
      },
    ],
    ...[0, 1, 2, 3, 4, 5, 6].map((writes): [string, () => void] => [
      `because the disk is full after ${writes} writes`,
      () => {
        const write = fs.writeSync as (...given: unknown[]) => number
        let left = writes
        vi.spyOn(fs, 'writeSync').mockImplementation((...given: unknown[]) => {
          if (left-- <= 0) throw refusal('ENOSPC')
          return write(...given)
        })
      },
    ]),
    [
      'because it cannot be synced',
      () =>
        vi.spyOn(fs, 'fsyncSync').mockImplementation(() => {
          throw refusal('EIO')
        }),
    ],
  ])('%s is read all the same, and nothing is left', (_, refuse) => {
    using stored = storeHistory(operations)
    refuse()
    const read = readStored(stored.file)
    vi.restoreAllMocks()
    expect(fs.readdirSync(stored.dir)).toEqual([FILES.history])
    expect(plain(read.history)).toEqual(operations)
  })

  it('because another process takes away what is unfinished is read all the same', () => {
    using stored = storeHistory(operations)
    const sync = fs.fsyncSync
    vi.spyOn(fs, 'fsyncSync').mockImplementation((fd) => {
      removeUnfinished(stored.file)
      sync(fd)
    })
    expect(plain(readStored(stored.file, 0).history)).toEqual(operations)
    expect(fs.readdirSync(stored.dir)).toEqual([FILES.history])
  })

  it('because something else has their name is read all the same', () => {
    using stored = storeHistory(operations)
    fs.mkdirSync(path.join(stored.columns, 'something'), { recursive: true })
    for (const _ of [1, 2]) expect(plain(readStored(stored.file).history)).toEqual(operations)
    expect(fs.readdirSync(stored.dir).sort()).toEqual([FILES.columns, FILES.history])
  })
})
