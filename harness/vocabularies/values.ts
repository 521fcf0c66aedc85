/** Schemas and rules that vocabularies share. */
import { z } from 'zod'
import type { HeldValues, Identity } from '../api/vocabulary.ts'
import { printJson } from '../support/json.ts'

/** A name of an object, or a value: whole numbers of any size, texts (keywords of EDN as `:name`) and booleans. */
export const scalar = z.union([z.int(), z.bigint(), z.string(), z.boolean()])
export type Scalar = z.output<typeof scalar>

/** The value of a call without parameters. */
export const nothing = z.strictObject({})

/** Texts in quotes, so that `4` and `"4"` stay apart. */
export const inText = (value: Scalar): string =>
  typeof value === 'string' ? JSON.stringify(value) : `${value}`

/** Identity of a value that a key holds, or an element that it contains. */
export const held = (key: Scalar, value: Scalar): Identity => `${inText(key)}=${inText(value)}`

export const identityOf = (key: HeldValues['key'], value: Scalar): Identity =>
  key === null ? inText(value) : held(key, value)

export const identitiesIn = ({ key, values }: HeldValues): readonly Identity[] =>
  values.map((value) => identityOf(key, value))

/** One value of a key. */
export const one = (key: Scalar, value: Scalar): readonly HeldValues[] => [{ key, values: [value] }]

/** A rule for completions: these fields of an ok answer must repeat those of the request. */
export const repeats =
  <const Field extends string>(...fields: readonly Field[]) =>
  (
    asked: Readonly<Record<NoInfer<Field>, unknown>>,
    ok: Readonly<Record<NoInfer<Field>, unknown>>,
  ): string | null => {
    const field = fields.find((name) => asked[name] !== ok[name])
    if (field === undefined) return null
    return `its ${field} is ${printJson(ok[field])}, and that of the invocation is ${printJson(asked[field])}`
  }
