/**
 * What a node keeps on disk: one append-only log of checksummed records, and one snapshot file.
 *
 * A record is [length u32][crc32 of length u32][crc32 of payload u32][payload: JSON]. Records that are made durable
 * together carry the number of their batch. Nothing in a batch was promised before all of it was on the disk. So on
 * start, damage within the last batch is a torn tail: a power loss may keep any of its pages, and the whole batch is cut.
 * Damage anywhere before makes the file corrupt: the node cannot know what it has promised, and refuses to start.
 * Version 2 also writes into each record a checksum of all records before it. Then old bytes in reused pages of the file
 * are not taken for a part of the log. Each version reads what the other wrote.
 *
 * A snapshot is written to a temporary file, fsynced, renamed, and its directory fsynced. Then the log is rewritten in
 * the same way, without what the snapshot covers.
 */
import fs from 'node:fs'
import path from 'node:path'
import zlib from 'node:zlib'
import type { Entry, HardState, Ready, Restored, Snapshot } from '../core/types.ts'
import type { Version } from '../protocol.ts'

type Unmarked =
  | { readonly type: 'state'; readonly state: HardState }
  /** Replaces what the log has from this index on. */
  | { readonly type: 'entry'; readonly entry: Entry }

type LogRecord = Unmarked & {
  /** Of the payloads of all records before it (version 2). */
  readonly chain?: number
  /** Its batch, counted from 1 in each file, and whether it is the last record of it. */
  readonly batch: { readonly number: number; readonly isLast: boolean }
}

const HEADER_BYTES = 12

export class CorruptLogError extends Error {
  override readonly name = 'CorruptLogError'
}

const encodeRecord = (payload: Buffer): Buffer => {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt32LE(payload.length, 0)
  header.writeUInt32LE(zlib.crc32(header.subarray(0, 4)), 4)
  header.writeUInt32LE(zlib.crc32(payload), 8)
  return Buffer.concat([header, payload])
}

/** The record at `at` and where it ends; null if there is no complete record. */
const recordAt = (file: Buffer, at: number): { record: LogRecord; end: number } | null => {
  if (at + HEADER_BYTES > file.length) return null
  const length = file.readUInt32LE(at)
  const end = at + HEADER_BYTES + length
  if (zlib.crc32(file.subarray(at, at + 4)) !== file.readUInt32LE(at + 4) || end > file.length) return null
  const payload = file.subarray(at + HEADER_BYTES, end)
  if (zlib.crc32(payload) !== file.readUInt32LE(at + 8)) return null
  return { record: JSON.parse(payload.toString()) as LogRecord, end }
}

/** A complete record after damage proves nothing if it belongs to the batch that was being written. */
const isOfTornBatch = (last: LogRecord | undefined, later: LogRecord): boolean => {
  if (last === undefined) return later.batch.number === 1
  const { number, isLast } = last.batch
  return later.batch.number === (isLast ? number + 1 : number)
}

interface Decoded {
  readonly records: readonly LogRecord[]
  /** Of the undamaged part, in bytes. */
  readonly length: number
  /** Of all payloads. */
  readonly chain: number
}

interface ChainedRecord {
  readonly record: LogRecord
  readonly end: number
  /** Of all payloads including its own. */
  readonly chain: number
}

/** Complete batches only: nothing in the last one was promised before all of it was durable. */
const wholeBatches = (found: readonly ChainedRecord[]): Decoded => {
  const last = found.findLastIndex(({ record }) => record.batch.isLast)
  const kept = found.slice(0, last + 1)
  return {
    records: kept.map(({ record }) => record),
    length: kept.at(-1)?.end ?? 0,
    chain: kept.at(-1)?.chain ?? 0,
  }
}

/** The records of a log. @throws CorruptLogError for damage before the last batch. */
const decodeLog = (file: Buffer): Decoded => {
  const found: ChainedRecord[] = []
  let at = 0
  for (let next = recordAt(file, at); next !== null; next = recordAt(file, at)) {
    const before = found.at(-1)?.chain ?? 0
    if (next.record.chain !== undefined && next.record.chain !== before) break
    found.push({ ...next, chain: zlib.crc32(file.subarray(at + HEADER_BYTES, next.end), before) })
    at = next.end
  }
  for (let later = at + 1; later + HEADER_BYTES <= file.length; later++) {
    const whole = recordAt(file, later)
    if (whole !== null && !isOfTornBatch(found.at(-1)?.record, whole.record)) {
      throw new CorruptLogError(
        `the log is damaged at byte ${at}, before a whole record at byte ${later}: refusing to start`,
      )
    }
  }
  return wholeBatches(found)
}

const replay = (records: readonly LogRecord[], snapshot: Snapshot | null): Restored => {
  let hardState: HardState = { term: 0, votedFor: null }
  const entries: Entry[] = []
  for (const record of records) {
    if (record.type === 'state') hardState = record.state
    else {
      const { entry } = record
      while (entries.length > 0 && (entries.at(-1) as Entry).index >= entry.index) entries.pop()
      entries.push(entry)
    }
  }
  const base = snapshot?.index ?? 0
  return { hardState, snapshot, entries: entries.filter((entry) => entry.index > base) }
}

const fsyncDirectory = (directory: string): void => {
  const fd = fs.openSync(directory, 'r')
  fs.fsyncSync(fd)
  fs.closeSync(fd)
}

const writeDurably = (file: string, content: Buffer | string): void => {
  const temporary = `${file}.tmp`
  const fd = fs.openSync(temporary, 'w')
  fs.writeFileSync(fd, content)
  fs.fsyncSync(fd)
  fs.closeSync(fd)
  fs.renameSync(temporary, file)
  fsyncDirectory(path.dirname(file))
}

export class Storage {
  readonly #directory: string
  readonly #logFile: string
  #fd: number
  #hardState: HardState
  readonly #version: Version
  /** Number of the batch written last. */
  #batch: number
  /** Checksum of the payloads of all records in the file. */
  #chain: number
  readonly restored: Restored

  constructor(directory: string, version: Version = 2) {
    this.#version = version
    fs.mkdirSync(directory, { recursive: true })
    this.#directory = directory
    this.#logFile = path.join(directory, 'log')
    const snapshot = this.#readSnapshot()
    const file = fs.existsSync(this.#logFile) ? fs.readFileSync(this.#logFile) : Buffer.alloc(0)
    const { records, length, chain } = decodeLog(file)
    this.restored = replay(records, snapshot)
    this.#hardState = this.restored.hardState
    this.#batch = records.at(-1)?.batch.number ?? 0
    this.#chain = chain
    this.#fd = fs.openSync(this.#logFile, 'a')
    fs.ftruncateSync(this.#fd, length)
    fs.fsyncSync(this.#fd)
    fsyncDirectory(directory)
  }

  #readSnapshot(): Snapshot | null {
    const file = path.join(this.#directory, 'snapshot')
    if (!fs.existsSync(file)) return null
    const text = fs.readFileSync(file, 'utf8')
    const newline = text.indexOf('\n')
    const body = text.slice(newline + 1)
    if (zlib.crc32(body).toString(16) !== text.slice(0, newline))
      throw new CorruptLogError('the snapshot does not match its checksum: refusing to start')
    return JSON.parse(body) as Snapshot
  }

  /** Everything in `ready` is on disk when this returns. */
  persist(ready: Ready): void {
    if (ready.snapshot !== null) {
      this.#writeSnapshot(ready.snapshot)
      this.#rewrite(ready.hardState ?? this.#hardState, [])
    }
    const records: Unmarked[] = ready.entries.map((entry) => ({ type: 'entry', entry }))
    if (ready.hardState !== null) {
      this.#hardState = ready.hardState
      records.unshift({ type: 'state', state: ready.hardState })
    }
    if (records.length === 0) return
    this.#batch++
    // Not writeSync, which may write only a part.
    fs.writeFileSync(this.#fd, this.#encodeBatch(records))
    if (ready.sync) fs.fdatasyncSync(this.#fd)
  }

  /** Saves the snapshot, then removes from the log what it covers. */
  compact(snapshot: Snapshot, remaining: readonly Entry[]): void {
    this.#writeSnapshot(snapshot)
    this.#rewrite(this.#hardState, remaining)
  }

  #writeSnapshot(snapshot: Snapshot): void {
    const body = JSON.stringify(snapshot)
    writeDurably(path.join(this.#directory, 'snapshot'), `${zlib.crc32(body).toString(16)}\n${body}`)
  }

  #encodeBatch(records: readonly Unmarked[]): Buffer {
    const encoded = records.map((record, i) => {
      const batch = { number: this.#batch, isLast: i === records.length - 1 }
      const chained = this.#version === 1 ? {} : { chain: this.#chain }
      const payload = Buffer.from(JSON.stringify({ ...record, ...chained, batch }))
      this.#chain = zlib.crc32(payload, this.#chain)
      return encodeRecord(payload)
    })
    return Buffer.concat(encoded)
  }

  #rewrite(hardState: HardState, entries: readonly Entry[]): void {
    const records: Unmarked[] = [
      { type: 'state', state: hardState },
      ...entries.map((entry) => ({ type: 'entry', entry }) as const),
    ]
    this.#batch = 1
    this.#chain = 0
    writeDurably(this.#logFile, this.#encodeBatch(records))
    fs.closeSync(this.#fd)
    this.#fd = fs.openSync(this.#logFile, 'a')
  }
}
