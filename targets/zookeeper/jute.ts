/**
 * Jute, the encoding of ZooKeeper's records: big-endian numbers, and texts and byte arrays after their length in four bytes.
 * A length of -1 means null.
 *
 * Source: ZooKeeper 3.8, `org.apache.jute.BinaryOutputArchive` and the records in `zookeeper.jute`.
 */
export class JuteWriter {
  readonly #parts: Buffer[] = []

  int(value: number): this {
    const bytes = Buffer.alloc(4)
    bytes.writeInt32BE(value)
    this.#parts.push(bytes)
    return this
  }

  long(value: bigint): this {
    const bytes = Buffer.alloc(8)
    bytes.writeBigInt64BE(value)
    this.#parts.push(bytes)
    return this
  }

  bool(value: boolean): this {
    this.#parts.push(Buffer.of(value ? 1 : 0))
    return this
  }

  bytes(value: Buffer): this {
    this.int(value.length)
    this.#parts.push(value)
    return this
  }

  text(value: string): this {
    return this.bytes(Buffer.from(value))
  }

  /** A record that is encoded already. */
  record(value: Buffer): this {
    this.#parts.push(value)
    return this
  }

  finish(): Buffer {
    return Buffer.concat(this.#parts)
  }
}

/** Reads one value after another. Each read throws a RangeError if the bytes end before it. */
export class JuteReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  int(): number {
    this.#at += 4
    return this.#bytes.readInt32BE(this.#at - 4)
  }

  long(): bigint {
    this.#at += 8
    return this.#bytes.readBigInt64BE(this.#at - 8)
  }

  bool(): boolean {
    this.#at += 1
    return this.#bytes.readInt8(this.#at - 1) !== 0
  }

  /** Null is read as no bytes. */
  bytes(): Buffer {
    const length = Math.max(0, this.int())
    if (this.#at + length > this.#bytes.length) throw new RangeError('the record ends within a byte array')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  text(): string {
    return this.bytes().toString()
  }

  texts(): readonly string[] {
    return Array.from({ length: Math.max(0, this.int()) }, () => this.text())
  }
}

/** Cuts a stream of bytes into frames: each is a record after its length in four bytes. */
export class FrameReader {
  #left: Buffer = Buffer.alloc(0)

  /** Returns the frames that are complete with these bytes, without their lengths. */
  take(bytes: Buffer): readonly Buffer[] {
    this.#left = Buffer.concat([this.#left, bytes])
    const frames: Buffer[] = []
    while (this.#left.length >= 4) {
      const end = 4 + this.#left.readInt32BE(0)
      if (this.#left.length < end) break
      frames.push(this.#left.subarray(4, end))
      this.#left = this.#left.subarray(end)
    }
    return frames
  }
}

export const framed = (record: Buffer): Buffer => new JuteWriter().bytes(record).finish()
