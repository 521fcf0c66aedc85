/**
 * Makes a value of JSON that stands in bytes. It is several times as fast as a text and `JSON.parse`, since most values of a
 * history are objects of two or three short fields. Whole numbers keep all their digits, as in `support/json.ts`.
 *
 * The bytes must be JSON without spaces between its parts: `json-scan.ts` has looked at them, or this program wrote them.
 */
import { Buffer } from 'node:buffer'
import { parseJson } from '../support/json.ts'
import { afterString } from './json-scan.ts'
import { Names } from './names.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const MINUS = 0x2d
const ZERO = 0x30
const NINE = 0x39
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const LOWER_T = 0x74
const LOWER_F = 0x66
const LOWER_N = 0x6e

/** More digits may be more than a double holds. */
const MOST_DIGITS = 15
/** Longer names of fields are not kept. */
const MOST_NAME_BYTES = 32
/** Longer texts are seldom the same again. */
const MOST_TEXT_BYTES = 12
/** Texts that are kept: a power of 2. */
const TEXTS = 256
/** A list that grows by itself leaves arrays behind that are three times its size, so a long list of numbers is counted first. */
const LONG_BYTES = 65_536
/** Above it, an array of a given length is a hash table. */
const MOST_COUNTED = 2 ** 24
/** A field of this name would change what the object is. */
const PROTOTYPE = '__proto__'

/** Reads one value. */
export class JsonReader {
  /** Names of fields, which come up again and again. */
  readonly #names = new Names()
  /** By number, the name that followed this one last: values of a call have the same fields in the same order. */
  readonly #next: number[] = []
  #last = 0
  /** Short texts by a hash of their bytes, as they were read last: names of calls and keys come up again and again. */
  readonly #texts: string[] = new Array<string>(TEXTS).fill('')
  #bytes: Buffer = Buffer.alloc(0)
  #at = 0
  #end = 0

  /** The value from `start` to before `end`: what stands behind it may be anything, also a digit. */
  read(bytes: Buffer, start: number, end: number): unknown {
    if (isOfNumber(bytes[start])) return parseJson(bytes.toString('latin1', start, end))
    this.#bytes = bytes
    this.#at = start
    this.#end = end
    return this.#value()
  }

  #value(): unknown {
    const first = this.#bytes[this.#at] as number
    // Most are numbers.
    if (first >= MINUS && first <= NINE) return this.#number()
    switch (first) {
      case OPEN_BRACE:
        return this.#object()
      case OPEN_BRACKET:
        return this.#list()
      case QUOTE:
        return this.#text()
      case LOWER_T:
        return this.#literal(true, 4)
      case LOWER_F:
        return this.#literal(false, 5)
      case LOWER_N:
        return this.#literal(null, 4)
      default:
        return this.#number()
    }
  }

  #literal<T>(value: T, bytes: number): T {
    this.#at += bytes
    return value
  }

  #object(): Record<string, unknown> {
    const object: Record<string, unknown> = {}
    this.#at++
    if (this.#bytes[this.#at] === CLOSE_BRACE) {
      this.#at++
      return object
    }
    for (;;) {
      const name = this.#name()
      this.#at++
      const value = this.#value()
      if (name === PROTOTYPE)
        Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true })
      else object[name] = value
      if (this.#bytes[this.#at++] !== COMMA) return object
    }
  }

  #list(): unknown[] {
    const list: unknown[] = []
    this.#at++
    if (this.#bytes[this.#at] === CLOSE_BRACKET) {
      this.#at++
      return list
    }
    const count = this.#end - this.#at < LONG_BYTES ? 0 : this.#countNumbers()
    if (count > 0) list.length = count
    for (let place = 0; ; place++) {
      list[place] = this.#value()
      if (this.#bytes[this.#at++] !== COMMA) return list
    }
  }

  /** How many numbers stand from here to the end of the list; 0 if there is anything else, or too much to be counted. */
  #countNumbers(): number {
    let commas = 0
    for (let at = this.#at; at < this.#end; at++) {
      const byte = this.#bytes[at] as number
      if (byte >= ZERO && byte <= ZERO + 9) continue
      if (byte === COMMA) commas++
      else if (byte === CLOSE_BRACKET) return commas < MOST_COUNTED ? commas + 1 : 0
      else if (!isOfNumber(byte)) return 0
    }
    return 0
  }

  /** Where the quote after plain ASCII stands; -1 if there is anything else in the text. */
  #endOfAscii(start: number): number {
    const bytes = this.#bytes
    for (let at = start; ; at++) {
      const byte = bytes[at]
      if (byte === QUOTE) return at
      if (byte === undefined || byte === BACKSLASH || byte >= 0x80) return -1
    }
  }

  #name(): string {
    const start = this.#at + 1
    const expected = this.#next[this.#last]
    if (expected !== undefined && this.#names.isAt(expected, this.#bytes, start)) {
      this.#last = expected
      this.#at = start + this.#names.at(expected).length + 1
      return this.#names.at(expected)
    }
    const end = this.#endOfAscii(start)
    if (end === -1 || end - start > MOST_NAME_BYTES) return this.#text()
    this.#at = end + 1
    const code = this.#names.codeIn(this.#bytes, start, end)
    this.#next[this.#last] = code
    this.#last = code
    return this.#names.at(code)
  }

  #text(): string {
    const quote = this.#at
    const end = this.#endOfAscii(quote + 1)
    if (end !== -1) {
      this.#at = end + 1
      return end - quote > MOST_TEXT_BYTES
        ? this.#bytes.toString('latin1', quote + 1, end)
        : this.#shortText(quote + 1, end)
    }
    this.#at = afterString(this.#bytes, quote, this.#bytes.length)
    return JSON.parse(this.#bytes.toString('utf8', quote, this.#at)) as string
  }

  /** Making a text costs more than finding it. */
  #shortText(start: number, end: number): string {
    const bytes = this.#bytes
    let hash = end - start
    for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0
    const slot = hash & (TEXTS - 1)
    const known = this.#texts[slot] as string
    if (known.length === end - start) {
      let at = start
      while (at < end && known.charCodeAt(at - start) === bytes[at]) at++
      if (at === end) return known
    }
    const text = bytes.toString('latin1', start, end)
    this.#texts[slot] = text
    return text
  }

  #number(): number | bigint {
    const bytes = this.#bytes
    const start = this.#at
    const isNegative = bytes[start] === MINUS
    let at = isNegative ? start + 1 : start
    const first = at
    let number = 0
    for (;;) {
      const digit = (bytes[at] as number) - ZERO
      if (!(digit >= 0 && digit <= 9)) break
      number = number * 10 + digit
      at++
    }
    const next = bytes[at]
    const isWhole = next === COMMA || next === CLOSE_BRACE || next === CLOSE_BRACKET
    if (!isWhole || at - first > MOST_DIGITS) return this.#longNumber(start)
    this.#at = at
    return isNegative ? -number : number
  }

  /** With a fraction, an exponent, or many digits. */
  #longNumber(start: number): number | bigint {
    let end = start
    while (isOfNumber(this.#bytes[end])) end++
    this.#at = end
    return parseJson(this.#bytes.toString('latin1', start, end)) as number | bigint
  }
}

const OF_NUMBERS = new Set([...'+-.eE0123456789'].map((each) => each.charCodeAt(0)))

const isOfNumber = (byte: number | undefined): boolean => byte !== undefined && OF_NUMBERS.has(byte)
