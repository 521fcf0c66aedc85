/** Stored columns of another version, another machine or another history are not read. */
import { Buffer } from 'node:buffer'
import { endianness } from 'node:os'
import { describe, expect, it } from 'vitest'
import type { Spill } from '../api/spill.ts'
import { type Part, writePart } from '../support/parts.ts'
import { columnsOf } from '../testing/columns.ts'
import { plain } from '../testing/decoded.ts'
import { asWritten, longHistory } from '../testing/long-history.ts'
import { type Columns, historyOf } from './columns.ts'
import { decodeColumns, encodeOperation } from './jsonl.ts'
import { encodeHeader } from './schema.ts'
import { beginColumns, endColumns, type Origin, readColumns } from './stored-columns.ts'

class Memory implements Spill {
  content: Buffer = Buffer.alloc(0)

  write(bytes: Buffer): number {
    const offset = this.content.length
    this.content = Buffer.concat([this.content, bytes])
    return offset
  }

  read(offset: number, bytes: number): Buffer<ArrayBuffer> {
    return Buffer.concat([this.content.subarray(offset, offset + bytes)])
  }

  damaged(what: string): Error {
    return new Error(`${what} are damaged`)
  }
}

const ORIGIN: Origin = { bytes: 1, checksum: 2, state: null }
const operations = longHistory(1000)

const stored = (begin: (spill: Spill) => Part): Memory => {
  const spill = new Memory()
  const header = begin(spill)
  endColumns(spill, header, columnsOf(operations, { makeSpill: () => spill, spillsAll: true }), ORIGIN)
  return spill
}

const read = (spill: Memory, isOrigin: (origin: Origin) => boolean = () => true): Columns | null =>
  readColumns(spill, spill.content.length, isOrigin)

const END_BYTES = 28

/** With a directory that is whole and says something else. */
const withByteOrder = ({ content }: Memory, byteOrder: string): Memory => {
  const changed = new Memory()
  changed.content = Buffer.concat([content])
  const end = content.length - END_BYTES
  const offset = content.readDoubleLE(end)
  const told = content.toString('utf8', offset, end)
  const directory = Buffer.from(told.replace(/"byteOrder":"(?:LE|BE)"/, `"byteOrder":"${byteOrder}"`))
  directory.copy(changed.content, offset)
  changed.content.writeUInt32LE(writePart(new Memory(), directory).checksum, end + 16)
  return changed
}

describe('stored columns', () => {
  const ours = stored((spill) => beginColumns(spill, '1.2.3'))

  it('begin with a header as every file does', () => {
    const header = encodeHeader('columns', '1.2.3')
    expect(ours.content.toString('latin1', 0, header.length)).toBe(header)
  })

  it('are read back, if they are of the history as it is', () => {
    const asked: Origin[] = []
    const columns = read(ours, (origin) => asked.push(origin) > 0)
    expect(columns === null ? null : plain(historyOf(columns).history)).toEqual(operations)
    expect(asked).toEqual([ORIGIN])
    expect(read(ours, () => false)).toBeNull()
  })

  it('are read back with values that are parts of their own', () => {
    const spill = new Memory()
    const header = beginColumns(spill, '1.2.3')
    const lines = operations.map((each) => Buffer.from(encodeOperation(asWritten(each))))
    const room = { name: 'it', makeSpill: () => spill, spillsAll: true, longBytes: 10 }
    endColumns(spill, header, decodeColumns(lines, room).columns, ORIGIN)
    const columns = read(spill)
    expect(columns === null ? null : plain(historyOf(columns).history)).toEqual(operations)
    expect(spill.content.includes('"long":[[')).toBe(true)
  })

  it.each([0, 1, 2, 10])('of version %d are not read', (version) => {
    const header = encodeHeader('columns', '1.2.3').replace('columns/3', `columns/${version}`)
    expect(read(stored((spill) => writePart(spill, Buffer.from(header))))).toBeNull()
  })

  it('of a machine with another order of bytes are not read', () => {
    const other = endianness() === 'LE' ? 'BE' : 'LE'
    expect(read(withByteOrder(ours, endianness()))).not.toBeNull()
    expect(read(withByteOrder(ours, other))).toBeNull()
  })
})
