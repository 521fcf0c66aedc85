/**
 * The part of EDN (extensible data notation) that histories use: nil, booleans, numbers, strings, keywords,
 * symbols, vectors, lists, maps, sets, comments, discards and tagged values (whose tag is dropped).
 */
import { UserError } from '../support/assert.ts'

/** A keyword or symbol: `:ok` has the name `ok`. */
export class Keyword {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

export type Edn = null | boolean | number | string | Keyword | readonly Edn[] | EdnMap

/** A map by the printed form of its keys: `:process`, `"a"`, `3`. */
export class EdnMap {
  readonly entries: ReadonlyMap<string, Edn>
  constructor(entries: ReadonlyMap<string, Edn>) {
    this.entries = entries
  }
  /** The value under a keyword. */
  get(keyword: string): Edn | undefined {
    return this.entries.get(`:${keyword}`)
  }
}

const SPACE = /[\s,]/
const DELIMITER = /[\s,()[\]{}";]/
const CLOSERS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '#{': '}' }
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '"': '"', '\\': '\\' }

class Reader {
  readonly #text: string
  readonly #name: string
  #at = 0

  constructor(text: string, name: string) {
    this.#text = text
    this.#name = name
  }

  /** All top-level values. */
  readAll(): Edn[] {
    const values: Edn[] = []
    for (;;) {
      this.#skip()
      if (this.#at >= this.#text.length) return values
      const value = this.#value()
      if (value !== undefined) values.push(value)
    }
  }

  #fail(why: string): never {
    const line = this.#text.slice(0, this.#at).split('\n').length
    throw new UserError(`${this.#name}, line ${line}: ${why}. The file is not readable as EDN.`)
  }

  #skip(): void {
    for (;;) {
      const char = this.#text[this.#at]
      if (char === undefined) return
      if (SPACE.test(char)) this.#at++
      else if (char === ';') {
        const end = this.#text.indexOf('\n', this.#at)
        this.#at = end === -1 ? this.#text.length : end
      } else return
    }
  }

  /** Undefined for a discarded value. */
  #value(): Edn | undefined {
    this.#skip()
    const char = this.#text[this.#at]
    if (char === undefined) this.#fail('it ends in the middle of a value')
    if (char === '"') return this.#string()
    if (char === '{') return this.#map(this.#items('{'))
    if (char === '[' || char === '(') return this.#items(char)
    if (char === '#') return this.#dispatch()
    if (char === ')' || char === ']' || char === '}') this.#fail(`unexpected ${char}`)
    return this.#atom()
  }

  #dispatch(): Edn | undefined {
    if (this.#text.startsWith('#{', this.#at)) {
      this.#at++
      return this.#items('{')
    }
    if (this.#text.startsWith('#_', this.#at)) {
      this.#at += 2
      this.#value()
      return undefined
    }
    this.#at++
    this.#token()
    return this.#value()
  }

  #items(opener: string): Edn[] {
    const closer = CLOSERS[opener] as string
    this.#at++
    const items: Edn[] = []
    for (;;) {
      this.#skip()
      if (this.#at >= this.#text.length) this.#fail(`it ends before a closing ${closer}`)
      if (this.#text[this.#at] === closer) {
        this.#at++
        return items
      }
      const value = this.#value()
      if (value !== undefined) items.push(value)
    }
  }

  #map(items: readonly Edn[]): EdnMap {
    if (items.length % 2 === 1) this.#fail('a map has a key without a value')
    const entries = new Map<string, Edn>()
    for (let i = 0; i < items.length; i += 2) entries.set(printEdn(items[i] as Edn), items[i + 1] as Edn)
    return new EdnMap(entries)
  }

  #string(): string {
    let out = ''
    for (this.#at++; ; this.#at++) {
      const char = this.#text[this.#at]
      if (char === undefined) this.#fail('it ends inside a string')
      if (char === '"') break
      if (char === '\\') {
        this.#at++
        const escaped = this.#text[this.#at] ?? ''
        out += ESCAPES[escaped] ?? escaped
      } else out += char
    }
    this.#at++
    return out
  }

  #token(): string {
    const from = this.#at
    while (this.#at < this.#text.length && !DELIMITER.test(this.#text[this.#at] as string)) this.#at++
    return this.#text.slice(from, this.#at)
  }

  #atom(): Edn {
    const token = this.#token()
    if (token === 'nil') return null
    if (token === 'true') return true
    if (token === 'false') return false
    if (token.startsWith(':')) return new Keyword(token.slice(1))
    if (/^[+-]?\d/.test(token)) {
      const number = Number(token.replace(/[NM]$/, ''))
      if (Number.isNaN(number)) this.#fail(`${token} is no number`)
      return number
    }
    return new Keyword(token)
  }
}

export const parseEdn = (text: string, name = 'history.edn'): readonly Edn[] =>
  new Reader(text, name).readAll()

export const printEdn = (value: Edn): string => {
  if (value === null) return 'nil'
  if (value instanceof Keyword) return `:${value.name}`
  if (typeof value === 'string') return JSON.stringify(value)
  if (value instanceof EdnMap)
    return `{${[...value.entries].map(([key, v]) => `${key} ${printEdn(v)}`).join(', ')}}`
  if (Array.isArray(value)) return `[${value.map(printEdn).join(' ')}]`
  return String(value)
}

/** JSON as EDN, with object keys as keywords. */
export const toEdn = (value: unknown): Edn => {
  if (value === null || value === undefined) return null
  if (Array.isArray(value)) return value.map(toEdn)
  if (typeof value === 'object')
    return new EdnMap(new Map(Object.entries(value).map(([key, v]) => [`:${key}`, toEdn(v)])))
  return value as boolean | number | string
}
