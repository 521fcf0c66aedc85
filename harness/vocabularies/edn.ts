/**
 * EDN values for those who say how a vocabulary is written in EDN. A keyword that stands where a history of ours has a
 * scalar is the text `:name` there, so that `:a` and `"a"` stay two values.
 */
import type { Edn, EdnKeyword } from '../api/edn.ts'

const keywords = new Map<string, EdnKeyword>()

/** The keyword of that name: one object a name, so that it can be a key of a map. */
export const keyword = (name: string): EdnKeyword => {
  const known = keywords.get(name)
  if (known !== undefined) return known
  const made: EdnKeyword = { keyword: name }
  keywords.set(name, made)
  return made
}

export const isKeyword = (value: Edn | undefined): value is EdnKeyword =>
  typeof value === 'object' && value !== null && 'keyword' in value

export const isMap = (value: Edn | undefined): value is ReadonlyMap<Edn, Edn> => value instanceof Map

export const isSet = (value: Edn | undefined): value is ReadonlySet<Edn> => value instanceof Set

export const isSequence = (value: Edn | undefined): value is readonly Edn[] => Array.isArray(value)

/** The entry under a keyword, or under a text of the same name, as JSON has it. */
export const entry = (map: ReadonlyMap<Edn, Edn>, name: string): Edn | undefined =>
  map.get(keyword(name)) ?? map.get(name)

/** A name, written as a keyword or as a text; null for anything else. */
export const nameOf = (value: Edn | undefined): string | null => {
  if (isKeyword(value)) return value.keyword
  return typeof value === 'string' ? value : null
}

/** JSON's form of a value: keywords as `:name`, sets as arrays, keys of maps as texts without a colon. */
export const plainOf = (value: Edn): unknown => {
  if (isKeyword(value)) return `:${value.keyword}`
  if (isSet(value)) return [...value].map(plainOf)
  if (isMap(value))
    return Object.fromEntries(
      [...value].map(([key, each]) => [nameOf(key) ?? String(plainOf(key)), plainOf(each)]),
    )
  return isSequence(value) ? value.map(plainOf) : value
}

/** EDN's form of a JSON value: keys of objects as keywords, texts that begin with a colon as keywords. */
export const ednOf = (value: unknown): Edn => {
  if (value === null || value === undefined) return null
  if (Array.isArray(value)) return value.map(ednOf)
  if (typeof value === 'object')
    return new Map(Object.entries(value).map(([key, each]) => [keyword(key), ednOf(each)]))
  if (typeof value === 'string') return /^:[^\s,()[\]{}";:]+$/.test(value) ? keyword(value.slice(1)) : value
  return value as boolean | number | bigint
}
