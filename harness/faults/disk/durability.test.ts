import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rngFromSeed } from '../../support/random.ts'
import { type FileBytes, PAGE_BYTES, UnsyncedDirectories, UnsyncedFile } from './durability.ts'

/** A file in memory. */
class Memory implements FileBytes {
  bytes: Buffer

  constructor(text: string) {
    this.bytes = Buffer.from(text)
  }
  size(): number {
    return this.bytes.length
  }
  read(at: number, length: number): Buffer {
    return this.bytes.subarray(at, at + length)
  }
  write(at: number, bytes: Buffer): void {
    this.truncate(Math.max(this.size(), at + bytes.length))
    bytes.copy(this.bytes, at)
  }
  truncate(size: number): void {
    const next = Buffer.alloc(size)
    this.bytes.copy(next)
    this.bytes = next
  }
}

/** A file and its record, changed together as the file system changes them. */
const tracked = (text: string) => {
  const file = new Memory(text)
  const unsynced = new UnsyncedFile(file)
  return {
    file,
    unsynced,
    write: (at: number, bytes: string) => {
      unsynced.beforeWrite(at, bytes.length)
      file.write(at, Buffer.from(bytes))
    },
    truncate: (size: number) => {
      if (size < file.size()) unsynced.beforeChange(size, file.size() - size)
      file.truncate(size)
    },
    sync: () => {
      unsynced.beginSync()
      unsynced.endSync()
    },
  }
}

describe('an unsynced file', () => {
  it("survival 'nothing': is what it was at its last fsync, whatever was done to it", () => {
    const at = fc.nat(4 * PAGE_BYTES)
    const steps = fc.array(
      fc.oneof(
        {
          weight: 3,
          arbitrary: fc.record({ what: fc.constant('write'), at, length: fc.nat(2 * PAGE_BYTES) }),
        },
        { weight: 1, arbitrary: fc.record({ what: fc.constant('truncate'), at }) },
        { weight: 1, arbitrary: fc.record({ what: fc.constant('sync') }) },
      ),
      { maxLength: 12 },
    )
    const isAsSynced = fc.property(fc.nat(3 * PAGE_BYTES), steps, (size, all) => {
      const { file, unsynced, write, truncate, sync } = tracked('a'.repeat(size))
      let durable = Buffer.from(file.bytes)
      for (const [i, step] of all.entries()) {
        if ('length' in step) write(step.at, String(i % 10).repeat(1 + step.length))
        else if ('at' in step) truncate(step.at)
        else {
          sync()
          durable = Buffer.from(file.bytes)
        }
      }
      unsynced.losePower('nothing', rngFromSeed(1))
      expect(file.bytes.equals(durable)).toBe(true)
      expect(unsynced.isClean).toBe(true)
    })
    fc.assert(isAsSynced, { seed: 1, numRuns: 300 })
  })

  it("survival 'some': every page is the old one or the new one, and the synced length stays", () => {
    for (let seed = 0; seed < 300; seed++) {
      const { file, unsynced, write } = tracked('o'.repeat(5 * PAGE_BYTES - 100))
      write(0, 'n'.repeat(9 * PAGE_BYTES + 7))
      unsynced.losePower('some', rngFromSeed(seed))
      expect(file.size()).toBeGreaterThanOrEqual(5 * PAGE_BYTES - 100)
      for (let page = 0; page * PAGE_BYTES < file.size(); page++) {
        const text = file.read(page * PAGE_BYTES, PAGE_BYTES).toString('latin1')
        const isOld = page < 5 ? /^o+\0*$/.test(text) : /^\0+$/.test(text)
        expect(isOld || /^n+$/.test(text), `seed ${seed} page ${page}: ${text.slice(0, 10)}`).toBe(true)
      }
    }
  })

  it('an fsync does not cover what is written while it is under way', () => {
    const { file, unsynced, write } = tracked('')
    write(0, 'synced')
    unsynced.beginSync()
    write(0, 'SYNC')
    unsynced.endSync()
    unsynced.losePower('nothing', rngFromSeed(1))
    expect(file.bytes.toString()).toBe('synced')
  })

  it('an fsync that has not completed makes nothing durable', () => {
    const { file, unsynced, write } = tracked('old')
    write(0, 'new')
    unsynced.beginSync()
    write(3, '!')
    unsynced.losePower('nothing', rngFromSeed(1))
    expect(file.bytes.toString()).toBe('old')
  })
})

describe('unsynced directories', () => {
  const record = (mode: 'strict' | 'ext4') => {
    const log: string[] = []
    const directories = new UnsyncedDirectories<string>(mode)
    const add = (name: string, ...where: string[]): void =>
      directories.add({
        directories: where,
        paths: () => [name],
        undo: () => log.push(`undo ${name}`),
        settle: () => log.push(`settle ${name}`),
      })
    return { log, directories, add }
  }

  it('are undone in reverse order', () => {
    const { log, directories, add } = record('strict')
    add('1', 'a')
    add('2', 'b')
    add('3', 'a')
    directories.syncDirectory('b')
    expect(directories.losePower('nothing', rngFromSeed(1), () => true)).toBe(2)
    expect(log).toEqual(['settle 2', 'undo 3', 'undo 1'])
  })

  it('of each directory a prefix survives; what depends on a lost operation is lost too', () => {
    for (let seed = 0; seed < 200; seed++) {
      const { log, directories, add } = record('strict')
      for (let i = 0; i < 8; i++) add(`${i}`, 'ab'[i % 2] as string, ...(i === 4 ? ['b'] : []))
      directories.losePower('some', rngFromSeed(seed), () => true)
      const lost = (i: number): boolean => log.includes(`undo ${i}`)
      for (const i of [0, 2, 4, 6]) if (i > 0 && lost(i - 2)) expect(lost(i), `seed ${seed}`).toBe(true)
      if (lost(4)) expect(lost(5) && lost(7) && lost(6)).toBe(true)
      if (lost(3)) expect(lost(4)).toBe(true)
    }
  })

  it('nothing survives in a directory whose creation is lost', () => {
    const lost: string[] = []
    const directories = new UnsyncedDirectories<string>('strict')
    const add = (name: string, where: string, made?: string): void =>
      directories.add({
        directories: [where],
        paths: () => [name],
        ...(made === undefined ? {} : { made }),
        undo: () => lost.push(name),
        settle: () => {},
      })
    add('d', '/', 'd')
    add('d/x', 'd')
    directories.losePower('nothing', rngFromSeed(3), () => true)
    expect(lost).toEqual(['d/x', 'd'])
  })

  it('only those that can be lost are lost, and what is in a directory that is lost', () => {
    const { log, directories, add } = record('ext4')
    for (const name of ['kept', 'hit', 'kept too']) add(name, '/')
    const made = { directories: ['/'], paths: () => ['d'], made: 'd', settle: () => {} }
    directories.add({ ...made, undo: () => log.push('undo d') })
    add('d/x', 'd')
    expect(
      directories.losePower('nothing', rngFromSeed(1), ({ paths }) => /hit|^d$/.test(paths().join())),
    ).toBe(3)
    expect(log).toEqual(['undo d/x', 'undo d', 'settle kept too', 'undo hit', 'settle kept'])
  })

  it('ext4: the fsync of any file settles them all', () => {
    const { log, directories, add } = record('ext4')
    add('1', 'a')
    directories.syncFile()
    expect(log).toEqual(['settle 1'])
    expect(directories.size).toBe(0)
  })
})
