/**
 * Kafka's primitive types as bytes: https://kafka.apache.org/protocol#protocol_types. Numbers are big-endian. Lengths are
 * fixed numbers in most messages, and variable ones in records and in "flexible" messages.
 */
const NOTHING = Buffer.alloc(0)
const SEVEN_BITS = 0x7f
const MORE = 0x80

export class Writer {
  readonly #parts: Buffer[] = []

  #number(length: number, write: (to: Buffer) => void): this {
    const part = Buffer.alloc(length)
    write(part)
    this.#parts.push(part)
    return this
  }

  int8(value: number): this {
    return this.#number(1, (to) => to.writeInt8(value))
  }

  int16(value: number): this {
    return this.#number(2, (to) => to.writeInt16BE(value))
  }

  int32(value: number): this {
    return this.#number(4, (to) => to.writeInt32BE(value))
  }

  uint32(value: number): this {
    return this.#number(4, (to) => to.writeUInt32BE(value))
  }

  int64(value: number): this {
    return this.#number(8, (to) => to.writeBigInt64BE(BigInt(value)))
  }

  raw(bytes: Buffer): this {
    this.#parts.push(bytes)
    return this
  }

  text(value: string | null): this {
    if (value === null) return this.int16(-1)
    const bytes = Buffer.from(value)
    return this.int16(bytes.length).raw(bytes)
  }

  bytes(value: Buffer): this {
    return this.int32(value.length).raw(value)
  }

  array<T>(items: readonly T[], each: (writer: this, item: T) => void): this {
    this.int32(items.length)
    for (const item of items) each(this, item)
    return this
  }

  /** A whole number that is not negative and below 2^31. */
  unsigned(value: number): this {
    const bytes: number[] = []
    for (let rest = value; ; rest >>>= 7) {
      bytes.push(rest > SEVEN_BITS ? (rest & SEVEN_BITS) | MORE : rest)
      if (rest <= SEVEN_BITS) return this.raw(Buffer.from(bytes))
    }
  }

  /** A small number of either sign, which zigzag makes a number that is not negative. */
  varint(value: number): this {
    return this.unsigned(value < 0 ? -2 * value - 1 : 2 * value)
  }

  compactText(value: string): this {
    const bytes = Buffer.from(value)
    return this.unsigned(bytes.length + 1).raw(bytes)
  }

  compactBytes(value: Buffer): this {
    return this.unsigned(value.length + 1).raw(value)
  }

  compactArray<T>(items: readonly T[], each: (writer: this, item: T) => void): this {
    this.unsigned(items.length + 1)
    for (const item of items) each(this, item)
    return this
  }

  noTags(): this {
    return this.unsigned(0)
  }

  done(): Buffer {
    return Buffer.concat(this.#parts)
  }
}

/** @throws RangeError, from each of its methods, if the bytes end too early */
export class Reader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  #take(length: number): Buffer {
    if (length < 0 || length > this.left)
      throw new RangeError(`${length} bytes are announced and ${this.left} are left`)
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  int8(): number {
    return this.#take(1).readInt8()
  }

  int16(): number {
    return this.#take(2).readInt16BE()
  }

  int32(): number {
    return this.#take(4).readInt32BE()
  }

  uint32(): number {
    return this.#take(4).readUInt32BE()
  }

  int64(): number {
    return Number(this.#take(8).readBigInt64BE())
  }

  raw(length: number): Buffer {
    return this.#take(length)
  }

  text(): string | null {
    const length = this.int16()
    return length < 0 ? null : this.#take(length).toString()
  }

  /** A text that may not be missing. */
  name(): string {
    return this.text() ?? ''
  }

  bytes(): Buffer {
    const length = this.int32()
    return length < 0 ? NOTHING : this.#take(length)
  }

  #items<T>(count: number, each: (reader: this) => T): readonly T[] {
    const items: T[] = []
    for (let at = 0; at < count; at += 1) items.push(each(this))
    return items
  }

  array<T>(each: (reader: this) => T): readonly T[] {
    return this.#items(this.int32(), each)
  }

  unsigned(): number {
    let value = 0
    for (let factor = 1; ; factor *= MORE) {
      const byte = this.#take(1).readUInt8()
      value += (byte & SEVEN_BITS) * factor
      if (byte < MORE) return value
    }
  }

  varint(): number {
    const value = this.unsigned()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  compactText(): string {
    return this.#take(this.unsigned() - 1).toString()
  }

  compactArray<T>(each: (reader: this) => T): readonly T[] {
    return this.#items(this.unsigned() - 1, each)
  }

  skipTags(): void {
    for (let count = this.unsigned(); count > 0; count -= 1) {
      this.unsigned()
      this.#take(this.unsigned())
    }
  }
}
