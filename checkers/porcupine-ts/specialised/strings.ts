/**
 * Strings with put and append, if a string shows the pieces that were written. The time is linear in what was read, and
 * n log n for the rest.
 *
 * The result of a get shows the put with which it began and the appends since, in order. So each append that was seen has
 * one place: like a compare-and-set, it replaces the string before it by the string after it. A put writes a value that
 * no other operation writes, and an operation that was not seen wrote a value that no get saw. That is a register whose
 * written values are all different: `register.ts` decides.
 *
 * No piece may be empty, a prefix of another one (so that a string has only one division into pieces), or put twice. If a
 * piece was appended twice, the times must leave only one of the two.
 */
import { float64, int32, uint8 } from '../history/allocate.ts'
import { calledBy, type Part } from '../history/part.ts'
import type { SpecialResult } from '../model.ts'
import type { KeyValueInput } from '../models/calls.ts'
import { declined } from './declined.ts'
import { checkRegister } from './register.ts'
import { CAS, INITIAL, READ, type RegisterLog, WRITE } from './register-log.ts'

const NONE = -1
/** Limit of different lengths: each costs one look-up per piece. */
const MAX_LENGTHS = 8

/** The put and the appends that wrote each piece, and the lengths of pieces. */
interface Pieces {
  readonly puts: ReadonlyMap<string, number>
  readonly appends: ReadonlyMap<string, number>
  /** For an append, the previous append of the same piece. */
  readonly twin: Int32Array
  readonly lengths: readonly number[]
  /** The put that returned first. */
  readonly firstPut: number
}

const findPieces = (part: Part<KeyValueInput, string>, count: number): Pieces | SpecialResult => {
  const puts = new Map<string, number>()
  const appends = new Map<string, number>()
  const twin = int32(count).fill(NONE)
  const lengths: number[] = []
  let firstPut = NONE
  for (let i = 0; i < count; i++) {
    const input = part.input(i)
    if (input.f === 'get') continue
    const { f, value } = input
    if (value === '') return declined('an empty value is written')
    if (f === 'put') {
      if (puts.has(value)) return declined('a value is put twice')
      puts.set(value, i)
      if (firstPut === NONE || (part.return[i] as number) < (part.return[firstPut] as number)) firstPut = i
    } else {
      twin[i] = appends.get(value) ?? NONE
      appends.set(value, i)
    }
    if (!lengths.includes(value.length)) lengths.push(value.length)
    if (lengths.length > MAX_LENGTHS) return declined('written values are of too many lengths')
  }
  lengths.sort((a, b) => a - b)
  const isWritten = (piece: string): boolean => puts.has(piece) || appends.has(piece)
  const isAmbiguous = (piece: string): boolean =>
    lengths.some((length) => length < piece.length && isWritten(piece.slice(0, length)))
  for (const piece of lengths.length > 1 ? [...puts.keys(), ...appends.keys()] : [])
    if (isAmbiguous(piece)) return declined('a written value begins with another one')
  return { puts, appends, twin, lengths, firstPut }
}

/** Reads the results of gets, and gives each string a code: the initial one, or that of its last piece's writer. */
class Reader {
  readonly #part: Part<KeyValueInput, string>
  readonly #end: number
  readonly #pieces: Pieces
  /** Codes of strings that began empty, and of those that began with a put: one text can be both. */
  readonly #grown = new Map<string, number>([['', INITIAL]])
  readonly #put = new Map<string, number>()
  /** For each operation whose piece was seen: the codes of its string and of the one before, and the get. */
  readonly codeOf: Int32Array
  readonly before: Int32Array
  readonly #seenBy: Int32Array
  /** The string that was read last: its first put, the writer of its last piece, and its code. */
  #last = { root: NONE, text: '', writer: NONE, code: INITIAL }
  codes = 1

  constructor(part: Part<KeyValueInput, string>, end: number, count: number, pieces: Pieces) {
    this.#part = part
    this.#end = end
    this.#pieces = pieces
    this.codeOf = int32(count).fill(NONE)
    this.before = int32(count).fill(NONE)
    this.#seenBy = int32(count)
  }

  returned(operation: number): number {
    const time = this.#part.return[operation] as number
    return time < this.#end ? time : Number.POSITIVE_INFINITY
  }

  /** The code of what a get returned; or a result: a witness, or that the engine declines. */
  read(get: number): number | SpecialResult {
    const text = this.#part.output(get) as string
    const root = this.#rootOf(get, text)
    if (root === null) return declined('a value that was read first is put and appended')
    const known = root === NONE ? this.#grown : this.#put
    const same = known.get(text)
    if (same !== undefined) return same
    if (root !== NONE && this.codeOf[root] === NONE) this.#see(root, NONE, get)
    // Most strings continue the last one.
    const goesOn = root === this.#last.root && text.startsWith(this.#last.text)
    let at = goesOn ? this.#last.text.length : root === NONE ? 0 : this.#lengthOf(root)
    let writer = goesOn ? this.#last.writer : root
    let code = goesOn ? this.#last.code : root === NONE ? INITIAL : (this.codeOf[root] as number)
    for (; at < text.length; at += this.#lengthOf(writer)) {
      const found = this.#appendAt(text, at, get, writer, code)
      if (typeof found !== 'number') return found
      writer = found
      if (this.codeOf[writer] === NONE) this.#see(writer, code, get)
      code = this.codeOf[writer] as number
    }
    known.set(text, code)
    this.#last = { root, text, writer, code }
    return code
  }

  /** The put with which a string begins; NONE: it began empty; null: unknown. */
  #rootOf(get: number, text: string): number | null {
    const { puts, appends, lengths, firstPut } = this.#pieces
    if (text === '') return NONE
    for (const length of lengths) {
      const piece = text.slice(0, length)
      const put = puts.get(piece)
      if (put === undefined) continue
      if (!appends.has(piece)) return put
      // After the first return of a put, no string is left that began empty.
      if (firstPut !== NONE && this.returned(firstPut) < (this.#part.call[get] as number)) return put
      return (this.#part.call[put] as number) > this.returned(get) ? NONE : null
    }
    return NONE
  }

  /** The append of the piece at this place, after that of `previous`. */
  #appendAt(text: string, at: number, get: number, previous: number, code: number): number | SpecialResult {
    const last = this.#lastAppend(text, at)
    if (last === NONE) return this.#contradiction([get])
    const { twin } = this.#pieces
    if (twin[last] === NONE) {
      const isElsewhere = this.codeOf[last] !== NONE && this.before[last] !== code
      return isElsewhere ? this.#contradiction([get, this.#seenBy[last] as number]) : last
    }
    let only = NONE
    for (let append = last; append !== NONE; append = twin[append] as number) {
      if (this.codeOf[append] !== NONE && this.before[append] === code) return append
      const isPossible =
        this.codeOf[append] === NONE &&
        (this.#part.call[append] as number) <= this.returned(get) &&
        (previous === NONE || this.returned(append) >= (this.#part.call[previous] as number))
      if (isPossible && only !== NONE)
        return declined('a value is appended twice: which was read is not clear')
      if (isPossible) only = append
    }
    return only === NONE ? declined('a value is appended twice: neither fits') : only
  }

  #lastAppend(text: string, at: number): number {
    const { appends, lengths } = this.#pieces
    for (const length of lengths) {
      const found = appends.get(text.slice(at, at + length))
      if (found !== undefined) return found
    }
    return NONE
  }

  #see(writer: number, before: number, get: number): void {
    this.codeOf[writer] = this.codes++
    this.before[writer] = before
    this.#seenBy[writer] = get
  }

  #lengthOf(writer: number): number {
    return (this.#part.input(writer) as { readonly value: string }).value.length
  }

  #contradiction(gets: readonly number[]): SpecialResult {
    return { verdict: 'illegal', witness: this.proofOf(gets) }
  }

  /** These operations, and those that determine the places of the appends among them. */
  proofOf(operations: readonly number[]): readonly number[] {
    const proof = new Set<number>()
    const left = [...operations]
    for (let operation = left.pop(); operation !== undefined; operation = left.pop()) {
      if (proof.has(operation)) continue
      proof.add(operation)
      if (this.#part.input(operation).f === 'get') left.push(...this.#writersOf(operation))
      else if (this.before[operation] !== NONE) left.push(this.#seenBy[operation] as number)
    }
    return [...proof].sort((a, b) => a - b)
  }

  /** All operations that may have written what a get returned, and those that exclude other writers. */
  #writersOf(get: number): readonly number[] {
    const { puts, twin, firstPut } = this.#pieces
    const text = this.#part.output(get) as string
    const writers = firstPut === NONE ? [] : [firstPut]
    const root = this.#rootOf(get, text)
    let at = 0
    if (root !== null && root !== NONE) at = this.#lengthOf(root)
    for (const length of this.#pieces.lengths) {
      const put = puts.get(text.slice(0, length))
      if (put !== undefined) writers.push(put)
    }
    while (at < text.length) {
      const last = this.#lastAppend(text, at)
      if (last === NONE) break
      for (let append = last; append !== NONE; append = twin[append] as number) writers.push(append)
      at += this.#lengthOf(last)
    }
    return writers
  }
}

interface Rows {
  readonly log: RegisterLog
  /** Row -> position in the part. */
  readonly origin: Int32Array
  readonly reader: Reader
}

const toRegister = (
  part: Part<KeyValueInput, string>,
  end: number,
  count: number,
  pieces: Pieces,
): Rows | SpecialResult => {
  const reader = new Reader(part, end, count, pieces)
  const value = int32(count).fill(NONE)
  for (let i = 0; i < count; i++) {
    if (part.input(i).f !== 'get' || reader.returned(i) === Number.POSITIVE_INFINITY) continue
    const code = reader.read(i)
    if (typeof code !== 'number') return code
    value[i] = code
  }
  const log = {
    call: float64(count),
    return: float64(count),
    kind: uint8(count),
    value: int32(count),
    expected: int32(count),
  }
  const origin = int32(count)
  let rows = 0
  let { codes } = reader
  for (let i = 0; i < count; i++) {
    const isGet = part.input(i).f === 'get'
    if (isGet && value[i] === NONE) continue
    const seen = reader.codeOf[i] as number
    const before = reader.before[i] as number
    log.call[rows] = part.call[i] as number
    log.return[rows] = reader.returned(i)
    log.kind[rows] = isGet ? READ : before === NONE ? WRITE : CAS
    log.value[rows] = isGet ? (value[i] as number) : seen === NONE ? codes++ : seen
    log.expected[rows] = before
    origin[rows++] = i
  }
  return { log: { ...log, count: rows, codes }, origin, reader }
}

export const decideStrings = (part: Part<KeyValueInput, string>, end: number): SpecialResult => {
  const count = calledBy(part, end)
  const pieces = findPieces(part, count)
  if ('verdict' in pieces) return pieces
  const rows = toRegister(part, end, count, pieces)
  if ('verdict' in rows) return rows
  const result = checkRegister(rows.log)
  if (result.verdict !== 'illegal') return result
  const operations = result.witness.map((row) => rows.origin[row] as number)
  return { verdict: 'illegal', witness: rows.reader.proofOf(operations) }
}
