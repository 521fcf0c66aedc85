/**
 * Whether values fit a schema, as a function that is made of the schema once. zod copies every value that it accepts and keeps
 * accounts for its messages: for a list of some elements that takes ten times as long as to look at them, and a history
 * has millions of lists. Where zod alone knows what a part of a schema means, zod is asked.
 */
import type { ZodType } from 'zod'
import {
  type $ZodCheck,
  type $ZodChecks,
  $ZodExactOptional,
  type $ZodNumberFormatDef,
  type $ZodType,
  type $ZodTypes,
} from 'zod/v4/core'

type Test = (value: unknown) => boolean

const isWholeNumber: Test = (value) => Number.isSafeInteger(value)

/** Null: not understood. */
const testOfCheck = (check: $ZodCheck<never>): ((value: number) => boolean) | null => {
  const { def } = (check as unknown as $ZodChecks)._zod
  if (def.check !== 'greater_than' && def.check !== 'less_than') return null
  const limit = def.value as number
  if (def.check === 'greater_than') return (value) => value > limit || (def.inclusive && value === limit)
  return (value) => value < limit || (def.inclusive && value === limit)
}

const testOfNumber = (def: { readonly checks?: readonly $ZodCheck<never>[] | undefined }): Test | null => {
  const { format } = def as Partial<$ZodNumberFormatDef>
  const tests = (def.checks ?? []).map(testOfCheck)
  if (tests.includes(null) || (format !== undefined && format !== 'safeint')) return null
  const isKind = format === undefined ? Number.isFinite : isWholeNumber
  if (tests.length === 0) return isKind
  return (value) => isKind(value) && tests.every((test) => test?.(value as number))
}

const testOfLiteral = (allowed: readonly unknown[]): Test => {
  const [only] = allowed
  // `includes` takes NaN for equal to itself, as zod does.
  return allowed.length === 1 && !Number.isNaN(only)
    ? (value) => value === only
    : (value) => allowed.includes(value)
}

const testOfUnion = (options: readonly $ZodType[]): Test | null => {
  const tests = testsOf(options)
  if (tests === null) return null
  return (value) => {
    for (const test of tests) if (test(value)) return true
    return false
  }
}

const testOfArray = (element: $ZodType): Test | null => {
  const test = testOf(element)
  if (test === null) return null
  return (value) => {
    if (!Array.isArray(value)) return false
    for (let i = 0; i < value.length; i++) if (!test(value[i])) return false
    return true
  }
}

const testOfTuple = (items: readonly $ZodType[]): Test | null => {
  const tests = testsOf(items)
  if (tests === null) return null
  return (value) => {
    if (!Array.isArray(value) || value.length !== tests.length) return false
    for (let i = 0; i < tests.length; i++) if (!(tests[i] as Test)(value[i])) return false
    return true
  }
}

/** A field of an object, which may be absent. */
const testOfField = (schema: $ZodType): Test | null => {
  const { def } = (schema as $ZodTypes)._zod
  // Such a field may be absent, and may not be there without a value.
  if (schema instanceof $ZodExactOptional) return null
  if (def.type !== 'optional') return testOf(schema)
  const test = testOf(def.innerType)
  return test === null ? null : (value) => value === undefined || test(value)
}

/** @param isStrict no other fields are allowed */
const testOfObject = (shape: Readonly<Record<string, $ZodType>>, isStrict: boolean): Test | null => {
  const names = Object.keys(shape)
  const tests = Object.values(shape).map(testOfField)
  if (!tests.every((test) => test !== null)) return null
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
    const fields = value as Readonly<Record<string, unknown>>
    for (let i = 0; i < tests.length; i++) if (!(tests[i] as Test)(fields[names[i] as string])) return false
    if (isStrict) for (const name in fields) if (!Object.hasOwn(shape, name)) return false
    return true
  }
}

const testOfNullable = (inner: $ZodType): Test | null => {
  const test = testOf(inner)
  return test === null ? null : (value) => value === null || test(value)
}

const testsOf = (schemas: readonly $ZodType[]): readonly Test[] | null => {
  const tests = schemas.flatMap((schema) => testOf(schema) ?? [])
  return tests.length === schemas.length ? tests : null
}

/** Null: zod has to be asked. */
const testOf = (schema: $ZodType): Test | null => {
  const { def, optin } = (schema as $ZodTypes)._zod
  // Outside of an object, what may be absent has rules of its own, and so has a value that is put in its place.
  if (optin !== undefined) return null
  if (def.type === 'number') return def.coerce === true ? null : testOfNumber(def)
  if ((def.checks?.length ?? 0) > 0) return null
  switch (def.type) {
    case 'string':
      return isPlain(def) ? (value) => typeof value === 'string' : null
    case 'boolean':
      return isPlain(def) ? (value) => typeof value === 'boolean' : null
    case 'bigint':
      return isPlain(def) ? (value) => typeof value === 'bigint' : null
    case 'literal':
      return testOfLiteral(def.values)
    case 'nullable':
      return testOfNullable(def.innerType)
    case 'readonly':
      return testOf(def.innerType)
    case 'union':
      return def.inclusive === false ? null : testOfUnion(def.options)
    case 'array':
      return testOfArray(def.element)
    case 'tuple':
      return def.rest === null ? testOfTuple(def.items) : null
    case 'object':
      return testOfObjectSchema(def)
    default:
      return null
  }
}

/** A format is a rule of its own, and a value that is made to fit is another value. */
const isPlain = (def: { readonly coerce?: boolean; readonly format?: string }): boolean =>
  def.coerce !== true && def.format === undefined

const testOfObjectSchema = ({
  shape,
  catchall,
}: {
  readonly shape: Readonly<Record<string, $ZodType>>
  readonly catchall?: $ZodType | undefined
}): Test | null => {
  const others = catchall === undefined ? null : (catchall as $ZodTypes)._zod.def.type
  return others === null || others === 'never' ? testOfObject(shape, others === 'never') : null
}

const known = new WeakMap<ZodType, Test | null>()

/** The function for a schema; null if zod has to be asked. */
export const compiledTest = (schema: ZodType): Test | null => {
  const found = known.get(schema)
  if (found !== undefined) return found
  const test = testOf(schema)
  known.set(schema, test)
  return test
}

/** Whether `schema.safeParse` would succeed. */
export const accepts = (schema: ZodType, value: unknown): boolean =>
  // What is refused is rare. So zod has the last word, and a mistake here could only be to accept too much.
  compiledTest(schema)?.(value) === true || schema.safeParse(value).success
