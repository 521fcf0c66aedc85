/**
 * Takes a line of history.jsonl apart as this program writes it: its fields in their order, without spaces. Values stay
 * bytes. A line that is written otherwise is left to the JSON parser.
 */
import type { Operation } from '../api/history.ts'
import { afterString, afterValue, NOWHERE } from './json-scan.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const MINUS = 0x2d
const DELETE = 0x7f

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

const INDEX = bytesOf('{"index":')
const TIME = bytesOf(',"timeNs":')
const PROCESS = bytesOf(',"process":')
const NEMESIS = bytesOf('"nemesis"')
const TYPE = bytesOf(',"type":"')
const CALL = bytesOf('","f":"')
const VALUE = bytesOf('","value":')
const NODE = bytesOf(',"node":"')
const META = bytesOf(',"meta":')
const ERROR = bytesOf(',"error":')
const TYPES: readonly (readonly [Operation['type'], Uint8Array])[] = (
  ['invoke', 'ok', 'fail', 'info'] as const
).map((type) => [type, bytesOf(type)])

/** More digits may be more than a double holds. */
const MOST_DIGITS = 15

const startsWith = (bytes: Uint8Array, at: number, text: Uint8Array): boolean => {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false
  return true
}

/** What stands where in a line. It is used again for the next one. */
export class LineScan {
  index = 0
  timeNs = 0
  process: Operation['process'] = 0
  type: Operation['type'] = 'invoke'
  callStart = 0
  callEnd = 0
  valueStart = 0
  valueEnd = 0
  /** Empty: no node is named. */
  nodeStart = 0
  nodeEnd = 0
  /** The fields `meta` and `error`, as they are written. Empty: neither is there. */
  restStart = 0
  restEnd = 0
  #number = 0
  /** Where the number, or the process, was read to. */
  #after = 0

  /** False: it is not written as expected, and nothing is said of it. */
  scan(bytes: Uint8Array, start: number, end: number): boolean {
    const value = this.#head(bytes, start)
    if (value === NOWHERE) return false
    this.valueStart = value
    this.valueEnd = afterValue(bytes, value, end)
    return this.valueEnd !== NOWHERE && this.#tail(bytes, this.valueEnd, end) === end
  }

  /** Where the value begins. */
  #head(bytes: Uint8Array, start: number): number {
    if (!startsWith(bytes, start, INDEX) || !this.#readInteger(bytes, start + INDEX.length)) return NOWHERE
    this.index = this.#number
    if (!startsWith(bytes, this.#after, TIME) || !this.#readInteger(bytes, this.#after + TIME.length))
      return NOWHERE
    this.timeNs = this.#number
    if (!startsWith(bytes, this.#after, PROCESS) || !this.#readProcess(bytes, this.#after + PROCESS.length))
      return NOWHERE
    if (!startsWith(bytes, this.#after, TYPE)) return NOWHERE
    const typeAt = this.#after + TYPE.length
    const type = TYPES.find(([, text]) => startsWith(bytes, typeAt, text))
    if (type === undefined) return NOWHERE
    this.type = type[0]
    const callAt = typeAt + type[1].length
    if (!startsWith(bytes, callAt, CALL)) return NOWHERE
    this.callStart = callAt + CALL.length
    this.callEnd = this.#endOfName(bytes, this.callStart)
    if (this.callEnd === NOWHERE || !startsWith(bytes, this.callEnd, VALUE)) return NOWHERE
    return this.callEnd + VALUE.length
  }

  #readInteger(bytes: Uint8Array, at: number): boolean {
    const isNegative = bytes[at] === MINUS
    const first = isNegative ? at + 1 : at
    let next = first
    let number = 0
    for (;;) {
      const digit = (bytes[next] as number) - 0x30
      if (!(digit >= 0 && digit <= 9)) break
      number = number * 10 + digit
      next++
    }
    const digits = next - first
    if (digits === 0 || digits > MOST_DIGITS || (digits > 1 && bytes[first] === 0x30)) return false
    this.#number = isNegative ? -number : number
    this.#after = next
    return true
  }

  #readProcess(bytes: Uint8Array, at: number): boolean {
    if (startsWith(bytes, at, NEMESIS)) {
      this.process = 'nemesis'
      this.#after = at + NEMESIS.length
      return true
    }
    if (!this.#readInteger(bytes, at)) return false
    this.process = this.#number
    return true
  }

  /** The end of a name of printable ASCII without escapes. */
  #endOfName(bytes: Uint8Array, start: number): number {
    let at = start
    for (;;) {
      const byte = bytes[at]
      if (byte === QUOTE) return at
      if (byte === undefined || byte < 0x20 || byte >= DELETE || byte === BACKSLASH) return NOWHERE
      at++
    }
  }

  /** The end of the line. */
  #tail(bytes: Uint8Array, start: number, end: number): number {
    let at = start
    this.nodeStart = 0
    this.nodeEnd = 0
    if (startsWith(bytes, at, NODE)) {
      this.nodeStart = at + NODE.length
      this.nodeEnd = this.#endOfName(bytes, this.nodeStart)
      if (this.nodeEnd === NOWHERE) return NOWHERE
      at = this.nodeEnd + 1
    }
    this.restStart = at + 1
    while (at !== NOWHERE && bytes[at] === COMMA) at = this.#afterField(bytes, at, end)
    if (at === NOWHERE || bytes[at] !== CLOSE_BRACE) return NOWHERE
    this.restEnd = Math.max(at, this.restStart)
    return at + 1
  }

  /** A client may give them in any order. */
  #afterField(bytes: Uint8Array, at: number, end: number): number {
    if (startsWith(bytes, at, META) && bytes[at + META.length] === OPEN_BRACE)
      return afterValue(bytes, at + META.length, end)
    if (startsWith(bytes, at, ERROR) && bytes[at + ERROR.length] === QUOTE)
      return afterString(bytes, at + ERROR.length, end)
    return NOWHERE
  }
}
