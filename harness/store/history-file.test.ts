/** Histories in files, compressed or not, in a store folder or alone. */
import fs from 'node:fs'
import path from 'node:path'
import zlib from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decodeAny } from '../history/decode.ts'
import { encodeOperation } from '../history/jsonl.ts'
import { temporaryFolder } from '../testing/command.ts'
import { plain } from '../testing/decoded.ts'
import { REGISTER } from '../vocabularies/register.ts'
import { findHistory } from './history-file.ts'

const OPERATIONS = [
  { index: 0, timeNs: 1, process: 0, type: 'invoke', f: 'write', value: { key: 1, value: 2 } },
  { index: 1, timeNs: 9, process: 0, type: 'ok', f: 'write', value: { key: 1, value: 2 } },
] as const
const TEXT = OPERATIONS.map(encodeOperation).join('')

const read = (given: string): unknown => plain(decodeAny(findHistory(given), REGISTER, 'jepsen').history)

describe('a history file', () => {
  it.each<[string, (text: string) => string | Buffer]>([
    ['history.jsonl', (text) => text],
    ['history.jsonl.gz', (text) => zlib.gzipSync(text)],
    ['history.jsonl.zst', (text) => zlib.zstdCompressSync(text)],
  ])('%s is read', (name, encode) => {
    using folder = temporaryFolder()
    const file = path.join(folder.path, name)
    fs.writeFileSync(file, encode(TEXT))
    expect(read(file)).toEqual(OPERATIONS)
  })

  it('is found in a store folder', () => {
    using folder = temporaryFolder()
    fs.writeFileSync(path.join(folder.path, 'history.jsonl'), TEXT)
    expect(read(folder.path)).toEqual(OPERATIONS)
  })

  it.each(['1f8b0800', '28b52ffd'])('that only begins as if it were compressed (%s) is refused', (magic) => {
    using folder = temporaryFolder()
    const file = path.join(folder.path, 'history')
    fs.writeFileSync(file, Buffer.concat([Buffer.from(magic, 'hex'), Buffer.from('garbage')]))
    expect(() => read(file)).toThrow('cannot be decompressed')
  })
})
