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
import type { Version } from '../wire.ts'

/** What the log adds to a record of its protocol. */
interface Mark {
  /** Checksum of the payloads of all records before it (version 2). */
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
const recordAt = <R>(file: Buffer, at: number): { record: R & Mark; end: number } | null => {
  if (at + HEADER_BYTES > file.length) return null
  const length = file.readUInt32LE(at)
  const end = at + HEADER_BYTES + length
  if (zlib.crc32(file.subarray(at, at + 4)) !== file.readUInt32LE(at + 4) || end > file.length) return null
  const payload = file.subarray(at + HEADER_BYTES, end)
  if (zlib.crc32(payload) !== file.readUInt32LE(at + 8)) return null
  return { record: JSON.parse(payload.toString()) as R & Mark, end }
}

/** A complete record after damage proves nothing if it belongs to the batch that was being written. */
const isOfTornBatch = (last: Mark | undefined, later: Mark): boolean => {
  if (last === undefined) return later.batch.number === 1
  const { number, isLast } = last.batch
  return later.batch.number === (isLast ? number + 1 : number)
}

interface Decoded<R> {
  readonly records: readonly (R & Mark)[]
  /** Of the undamaged part, in bytes. */
  readonly length: number
  /** Of all payloads. */
  readonly chain: number
}

interface ChainedRecord<R> {
  readonly record: R & Mark
  readonly end: number
  /** Of all payloads including its own. */
  readonly chain: number
}

/** Complete batches only: nothing in the last one was promised before all of it was durable. */
const wholeBatches = <R>(found: readonly ChainedRecord<R>[]): Decoded<R> => {
  const last = found.findLastIndex(({ record }) => record.batch.isLast)
  const kept = found.slice(0, last + 1)
  return {
    records: kept.map(({ record }) => record),
    length: kept.at(-1)?.end ?? 0,
    chain: kept.at(-1)?.chain ?? 0,
  }
}

/** The records of a log. @throws CorruptLogError for damage before the last batch. */
const decodeLog = <R>(file: Buffer): Decoded<R> => {
  const found: ChainedRecord<R>[] = []
  let at = 0
  for (let next = recordAt<R>(file, at); next !== null; next = recordAt<R>(file, at)) {
    const before = found.at(-1)?.chain ?? 0
    if (next.record.chain !== undefined && next.record.chain !== before) break
    found.push({ ...next, chain: zlib.crc32(file.subarray(at + HEADER_BYTES, next.end), before) })
    at = next.end
  }
  for (let later = at + 1; later + HEADER_BYTES <= file.length; later++) {
    const whole = recordAt<R>(file, later)
    if (whole !== null && !isOfTornBatch(found.at(-1)?.record, whole.record)) {
      throw new CorruptLogError(
        `the log is damaged at byte ${at}, before a whole record at byte ${later}: refusing to start`,
      )
    }
  }
  return wholeBatches(found)
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

/** What a record must leave to the log. */
type Unmarked<R> = R & { readonly [K in keyof Mark]?: never }

/** @template R a record of the protocol; @template S its snapshot. Both are JSON. */
export class RecordLog<R extends object, S> {
  readonly #directory: string
  readonly #logFile: string
  readonly #version: Version
  #fd: number
  /** Number of the batch written last. */
  #batch: number
  /** Checksum of the payloads of all records in the file. */
  #chain: number
  /** What was found at the start. */
  readonly found: { readonly records: readonly R[]; readonly snapshot: S | null }

  /** @throws CorruptLogError */
  constructor(directory: string, version: Version) {
    this.#version = version
    fs.mkdirSync(directory, { recursive: true })
    this.#directory = directory
    this.#logFile = path.join(directory, 'log')
    const snapshot = this.#readSnapshot()
    const file = fs.existsSync(this.#logFile) ? fs.readFileSync(this.#logFile) : Buffer.alloc(0)
    const { records, length, chain } = decodeLog<R>(file)
    this.found = { records, snapshot }
    this.#batch = records.at(-1)?.batch.number ?? 0
    this.#chain = chain
    this.#fd = fs.openSync(this.#logFile, 'a')
    fs.ftruncateSync(this.#fd, length)
    fs.fsyncSync(this.#fd)
    fsyncDirectory(directory)
  }

  #readSnapshot(): S | null {
    const file = path.join(this.#directory, 'snapshot')
    if (!fs.existsSync(file)) return null
    const text = fs.readFileSync(file, 'utf8')
    const newline = text.indexOf('\n')
    const body = text.slice(newline + 1)
    if (zlib.crc32(body).toString(16) !== text.slice(0, newline))
      throw new CorruptLogError('the snapshot does not match its checksum: refusing to start')
    return JSON.parse(body) as S
  }

  /** The records are one batch. @param isSynced whether it is on the disk, rather than written only, when this returns */
  append(records: readonly Unmarked<R>[], isSynced: boolean): void {
    if (records.length === 0) return
    this.#batch++
    // Not writeSync, which may write only a part.
    fs.writeFileSync(this.#fd, this.#encodeBatch(records))
    if (isSynced) fs.fdatasyncSync(this.#fd)
  }

  /** Saves the snapshot, then replaces the log by what the snapshot does not cover. */
  compact(snapshot: S, remaining: readonly Unmarked<R>[]): void {
    const body = JSON.stringify(snapshot)
    writeDurably(path.join(this.#directory, 'snapshot'), `${zlib.crc32(body).toString(16)}\n${body}`)
    this.#batch = 1
    this.#chain = 0
    writeDurably(this.#logFile, this.#encodeBatch(remaining))
    fs.closeSync(this.#fd)
    this.#fd = fs.openSync(this.#logFile, 'a')
  }

  #encodeBatch(records: readonly R[]): Buffer {
    const encoded = records.map((record, i) => {
      const batch = { number: this.#batch, isLast: i === records.length - 1 }
      const chained = this.#version === 1 ? {} : { chain: this.#chain }
      const payload = Buffer.from(JSON.stringify({ ...record, ...chained, batch }))
      this.#chain = zlib.crc32(payload, this.#chain)
      return encodeRecord(payload)
    })
    return Buffer.concat(encoded)
  }
}
