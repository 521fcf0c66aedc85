/** The option that tells the initial value of registers, which an imported history does not tell. */
import type { OptionSpec } from '../harness/api/options.ts'
import type { Scalar } from '../harness/vocabularies/values.ts'

export const INITIAL = {
  type: 'string',
  default: 'null',
  description: 'value of an unwritten register, for imported histories (Knossos: 0)',
  untold: 'the value of a register that was never written',
} as const satisfies OptionSpec

/** `null`, a whole number of any size, a boolean, or a text. */
export const initialOf = (text: string): Scalar | null => {
  if (text === 'null') return null
  if (text === 'true' || text === 'false') return text === 'true'
  if (!/^-?\d+$/.test(text)) return text
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : BigInt(text)
}
