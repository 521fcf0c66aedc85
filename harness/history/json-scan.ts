/**
 * Finds where a JSON value in bytes ends, as strictly as RFC 8259: what is skipped here is read without an error later. So a
 * value of a history is only made when somebody asks for it.
 */

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const MINUS = 0x2d
const PLUS = 0x2b
const DOT = 0x2e
const ZERO = 0x30
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const LOWER_U = 0x75
const SPACE = 0x20

/** The value does not end, is none, or is nested too deep for this reader: one that is slower may read it. */
export const NOWHERE = -1

const MOST_DEEP = 100

const ESCAPED = new Set([...'"\\/bfnrt'].map((each) => each.charCodeAt(0)))
const LITERALS = ['true', 'false', 'null'].map((text) => [...text].map((each) => each.charCodeAt(0)))

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= ZERO && byte <= 0x39

const isHex = (byte: number | undefined): boolean =>
  isDigit(byte) || (byte !== undefined && (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66)

const afterEscape = (bytes: Uint8Array, at: number): number => {
  const kind = bytes[at + 1]
  if (kind !== LOWER_U) return kind !== undefined && ESCAPED.has(kind) ? at + 2 : NOWHERE
  for (let i = at + 2; i < at + 6; i++) if (!isHex(bytes[i])) return NOWHERE
  return at + 6
}

/** @param at of the quote before it */
export const afterString = (bytes: Uint8Array, at: number, end: number): number => {
  let next = at + 1
  while (next < end) {
    const byte = bytes[next] as number
    if (byte === QUOTE) return next + 1
    if (byte < SPACE) return NOWHERE
    if (byte === BACKSLASH) {
      next = afterEscape(bytes, next)
      if (next === NOWHERE) return NOWHERE
    } else next++
  }
  return NOWHERE
}

/** The end of the digits from there; `NOWHERE` if there is none. */
const afterDigits = (bytes: Uint8Array, at: number): number => {
  let next = at
  while (isDigit(bytes[next])) next++
  return next === at ? NOWHERE : next
}

const afterNumber = (bytes: Uint8Array, at: number): number => {
  let next = bytes[at] === MINUS ? at + 1 : at
  next = bytes[next] === ZERO ? next + 1 : afterDigits(bytes, next)
  if (next !== NOWHERE && bytes[next] === DOT) next = afterDigits(bytes, next + 1)
  if (next === NOWHERE || ((bytes[next] ?? 0) | 0x20) !== 0x65) return next
  const sign = bytes[next + 1]
  return afterDigits(bytes, sign === PLUS || sign === MINUS ? next + 2 : next + 1)
}

const afterLiteral = (bytes: Uint8Array, at: number): number => {
  const literal = LITERALS.find(([first]) => first === bytes[at])
  return literal?.every((byte, i) => bytes[at + i] === byte) ? at + literal.length : NOWHERE
}

const afterList = (bytes: Uint8Array, at: number, end: number, depth: number): number => {
  if (bytes[at + 1] === CLOSE_BRACKET) return at + 2
  let next = at
  do {
    next = afterValue(bytes, next + 1, end, depth + 1)
    if (next === NOWHERE) return NOWHERE
  } while (bytes[next] === COMMA)
  return bytes[next] === CLOSE_BRACKET ? next + 1 : NOWHERE
}

const afterObject = (bytes: Uint8Array, at: number, end: number, depth: number): number => {
  if (bytes[at + 1] === CLOSE_BRACE) return at + 2
  let next = at
  do {
    if (bytes[next + 1] !== QUOTE) return NOWHERE
    next = afterString(bytes, next + 1, end)
    if (next === NOWHERE || bytes[next] !== COLON) return NOWHERE
    next = afterValue(bytes, next + 1, end, depth + 1)
    if (next === NOWHERE) return NOWHERE
  } while (bytes[next] === COMMA)
  return bytes[next] === CLOSE_BRACE ? next + 1 : NOWHERE
}

/** Where the value that begins at `at`, without spaces within, has ended. @param end of the bytes that may belong to it */
export const afterValue = (bytes: Uint8Array, at: number, end: number, depth = 0): number => {
  if (at >= end || depth > MOST_DEEP) return NOWHERE
  const first = bytes[at] as number
  let next: number
  if (first === QUOTE) next = afterString(bytes, at, end)
  else if (first === OPEN_BRACE) next = afterObject(bytes, at, end, depth)
  else if (first === OPEN_BRACKET) next = afterList(bytes, at, end, depth)
  else if (first === MINUS || isDigit(first)) next = afterNumber(bytes, at)
  else next = afterLiteral(bytes, at)
  return next > end ? NOWHERE : next
}
