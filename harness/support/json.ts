/** JSON whose whole numbers keep all their digits: those beyond 2^53 are bigints, read and written. */

/** Long enough to hold a number that a double cannot. */
const MAY_BE_BIG = /\d{16}/

/** @throws SyntaxError */
export const parseJson = (text: string): unknown =>
  MAY_BE_BIG.test(text) ? JSON.parse(text, bigIntegers) : JSON.parse(text)

const bigIntegers = (_key: string, value: unknown, context: { readonly source?: string } = {}): unknown => {
  const { source } = context
  if (typeof value !== 'number' || Number.isSafeInteger(value) || source === undefined) return value
  return /^-?\d+$/.test(source) ? BigInt(source) : value
}

declare global {
  interface JSON {
    /** A text that is written as it is. Proposal "JSON.parse source text access", in V8 since 11.4. */
    rawJSON(text: string): unknown
  }
}

const printBigIntegers = (value: unknown): string =>
  JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'bigint' ? JSON.rawJSON(String(each)) : each,
  )

/** Nearly no value has a bigint, and a function that is called for every field takes most of the time. */
export const printJson = (value: unknown): string => {
  try {
    return JSON.stringify(value)
  } catch {
    return printBigIntegers(value)
  }
}
