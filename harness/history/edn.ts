/**
 * EDN, read and printed: nil, booleans, numbers, characters, strings, keywords, symbols, vectors, lists, maps, sets,
 * comments, discards and tagged values, whose tag is dropped.
 *
 * Source: the EDN specification (edn-format). Ratios and numbers with an exponent are read as floating-point numbers.
 */
import type { Edn } from '../api/edn.ts'
import { UserError } from '../support/assert.ts'
import { isKeyword, isMap, isSequence, isSet, keyword } from '../vocabularies/edn.ts'

/** White space and comments, at a place: a regular expression there is much faster than a test of each character. */
const BLANK = /(?:[\s,]+|;[^\n]*)*/y
const TOKEN = /[^\s,()[\]{}";]*/y
const PLAIN_TEXT = /[^"\\]*/y
/** Spaces, commas and ends of lines: what mostly stands between two values. */
const isPlainBlank = (code: number): boolean => code === 0x20 || code === 0x2c || code === 0x0a
const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39
/** A digit less than what a number holds exactly. */
const MOST_PLAIN_DIGITS = 15
const CLOSERS = { '(': ')', '[': ']', '{': '}' } as const
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }
const CHARACTERS: Readonly<Record<string, string>> = { newline: '\n', space: ' ', tab: '\t', return: '\r' }
const BEGINS_NUMBER = /^[+-]?\d/
const INTEGER = /^[+-]?\d+N?$/

/** A top-level value, and the line on which it begins, from 1. */
export interface Located {
  readonly value: Edn
  readonly line: number
}

/** What a text holds; `torn`: the line on which a last value begins that the text ends within, as when a run was cut off. */
export interface EdnText {
  readonly values: readonly Located[]
  readonly torn: number | null
}

/** Called with each value, and the line on which it begins. */
export type TakeEdn = (value: Edn, line: number) => void

/** The text ends within a value. */
class EndsEarly extends UserError {}

class Reader {
  readonly #text: string
  readonly #name: string
  #at = 0
  /** The line on which the value begins that is being read. */
  #begun = 1
  /** Lines are counted on the way, so that a place costs nothing to tell. */
  #line = 1
  #lineEnd: number

  constructor(text: string, name: string) {
    this.#text = text
    this.#name = name
    this.#lineEnd = this.#endOfLine(0)
  }

  #endOfLine(from: number): number {
    const at = this.#text.indexOf('\n', from)
    return at === -1 ? this.#text.length : at
  }

  /** Moves over what matches here, and returns it. */
  #over(pattern: RegExp): string {
    const from = this.#at
    pattern.lastIndex = from
    pattern.test(this.#text)
    this.#at = pattern.lastIndex
    return this.#text.slice(from, this.#at)
  }

  /** Hands over all top-level values; the items of a vector or list at the top count as such. */
  readAll(give: TakeEdn): EdnText['torn'] {
    let isEmpty = true
    const take: TakeEdn = (value, line) => {
      isEmpty = false
      give(value, line)
    }
    try {
      for (;;) {
        this.#skip()
        const char = this.#text[this.#at]
        if (char === undefined) return null
        if (char === '[' || char === '(') this.#items(CLOSERS[char], take)
        else this.#read(take)
      }
    } catch (error) {
      if (!(error instanceof EndsEarly) || isEmpty) throw error
      return this.#begun
    }
  }

  #lineHere(): number {
    for (; this.#lineEnd < this.#at; this.#line++) this.#lineEnd = this.#endOfLine(this.#lineEnd + 1)
    return this.#line
  }

  #fail(why: string): never {
    const message = `${this.#name}, line ${this.#lineHere()}: ${why}. The file is not readable as EDN.`
    throw this.#at >= this.#text.length ? new EndsEarly(message) : new UserError(message)
  }

  #skip(): void {
    let code = this.#text.charCodeAt(this.#at)
    while (isPlainBlank(code)) code = this.#text.charCodeAt(++this.#at)
    // Anything visible but a comment; at the end it is NaN.
    if (code > 0x20 && code < 0x7f && code !== 0x3b) return
    BLANK.lastIndex = this.#at
    BLANK.test(this.#text)
    this.#at = BLANK.lastIndex
  }

  /** Hands over the next value, and nothing for a discarded one. */
  #read(take: TakeEdn): void {
    if (this.#text.startsWith('#_', this.#at)) {
      this.#at += 2
      this.#value()
      return
    }
    const line = this.#lineHere()
    this.#begun = line
    take(this.#value(), line)
  }

  #value(): Edn {
    this.#skip()
    const char = this.#text[this.#at]
    if (char === undefined) this.#fail('it ends in the middle of a value')
    if (char === '"') return this.#string()
    if (char === '{') return this.#map()
    if (char === '[' || char === '(') return this.#sequence(CLOSERS[char])
    if (char === '#') return this.#dispatch()
    if (char === '\\') return this.#character()
    if (char === ')' || char === ']' || char === '}') this.#fail(`unexpected ${char}`)
    return this.#atom()
  }

  #dispatch(): Edn {
    if (this.#text.startsWith('#{', this.#at)) {
      this.#at++
      return new Set(this.#sequence('}'))
    }
    if (this.#text.startsWith('#_', this.#at)) {
      this.#at += 2
      this.#value()
      return this.#value()
    }
    // A tag, such as #jepsen.history.Op{...} or #inst "...": only its value counts.
    this.#at++
    this.#token()
    return this.#value()
  }

  #items(closer: string, take: TakeEdn): void {
    this.#at++
    for (;;) {
      this.#skip()
      if (this.#at >= this.#text.length) this.#fail(`it ends before a closing ${closer}`)
      if (this.#text[this.#at] === closer) {
        this.#at++
        return
      }
      this.#read(take)
    }
  }

  #sequence(closer: string): Edn[] {
    const items: Edn[] = []
    this.#items(closer, (value) => items.push(value))
    // An array that grew keeps room for more, several times what a pair needs.
    return items.slice()
  }

  #map(): ReadonlyMap<Edn, Edn> {
    const entries = new Map<Edn, Edn>()
    let key: Edn | undefined
    this.#items('}', (value) => {
      if (key !== undefined) entries.set(key, value)
      key = key === undefined ? value : undefined
    })
    if (key !== undefined) this.#fail('a map has a key without a value')
    return entries
  }

  #string(): string {
    let out = ''
    for (this.#at++; ; this.#at++) {
      out += this.#over(PLAIN_TEXT)
      const char = this.#text[this.#at]
      if (char === undefined) this.#fail('it ends inside a string')
      if (char === '"') break
      out += this.#escaped()
    }
    this.#at++
    return out
  }

  #escaped(): string {
    this.#at++
    const char = this.#text[this.#at] ?? ''
    if (char !== 'u') return ESCAPES[char] ?? char
    const code = this.#text.slice(this.#at + 1, this.#at + 5)
    if (!/^[\da-fA-F]{4}$/.test(code)) this.#fail(`\\u${code} is no character`)
    this.#at += 4
    return String.fromCharCode(Number.parseInt(code, 16))
  }

  #character(): string {
    const from = ++this.#at
    this.#at++
    this.#over(TOKEN)
    const name = this.#text.slice(from, this.#at)
    return CHARACTERS[name] ?? (name[0] as string)
  }

  #token(): string {
    return this.#over(TOKEN)
  }

  /** A whole number of few digits and no sign, as most are; null for anything else, which is then still to be read. */
  #plainNumber(): number | null {
    let at = this.#at
    let number = 0
    let code = this.#text.charCodeAt(at)
    for (; isDigit(code); code = this.#text.charCodeAt(++at)) number = number * 10 + code - 0x30
    const digits = at - this.#at
    const ends = isPlainBlank(code) || code === 0x7d || code === 0x5d
    if (digits === 0 || digits > MOST_PLAIN_DIGITS || !ends) return null
    this.#at = at
    return number
  }

  #atom(): Edn {
    const plain = this.#plainNumber()
    if (plain !== null) return plain
    const token = this.#token()
    if (token === 'nil') return null
    if (token === 'true') return true
    if (token === 'false') return false
    if (token.startsWith(':')) return keyword(token.slice(1))
    if (BEGINS_NUMBER.test(token)) return this.#number(token)
    return keyword(token)
  }

  #number(token: string): number | bigint {
    if (INTEGER.test(token)) {
      const digits = token.endsWith('N') ? token.slice(0, -1) : token
      const number = Number(digits)
      return Number.isSafeInteger(number) ? number : BigInt(digits.replace('+', ''))
    }
    const ratio = /^([+-]?\d+)\/(\d+)$/.exec(token)
    const number = ratio === null ? Number(token.replace(/M$/, '')) : Number(ratio[1]) / Number(ratio[2])
    if (Number.isNaN(number)) this.#fail(`${token} is no number`)
    return number
  }
}

/**
 * Hands over each value as it is read, so that a long text is never held as values.
 *
 * @returns the line on which a last value begins that the text ends within, if it does
 * @throws UserError naming the line where the text is not EDN, or where it ends within its only value
 */
export const eachEdn = (text: string, name: string, take: TakeEdn): EdnText['torn'] =>
  new Reader(text, name).readAll(take)

/** @throws UserError as `eachEdn` does */
export const readEdn = (text: string, name = 'history.edn'): EdnText => {
  const values: Located[] = []
  const torn = eachEdn(text, name, (value, line) => values.push({ value, line }))
  return { values, torn }
}

export const printEdn = (value: Edn): string => {
  if (value === null) return 'nil'
  if (typeof value === 'string') return JSON.stringify(value)
  if (isKeyword(value)) return `:${value.keyword}`
  if (isMap(value))
    return `{${[...value].map(([key, each]) => `${printEdn(key)} ${printEdn(each)}`).join(', ')}}`
  if (isSet(value)) return `#{${[...value].map(printEdn).join(' ')}}`
  if (isSequence(value)) return `[${value.map(printEdn).join(' ')}]`
  return String(value)
}
