/** Values that are well formed and not what they were. */
import type { Rng } from '../../../harness/api/random.ts'
import type { Command } from '../commands.ts'

const MOST_ADDED = 1000

/** The value with another number in the place of its last one; null: it has none. */
export const otherValue = (value: unknown, rng: Rng): unknown => {
  if (typeof value === 'number') return value + 1 + rng.int(MOST_ADDED)
  if (typeof value !== 'object' || value === null) return null
  for (const [key, part] of Object.entries(value).toReversed()) {
    const other = otherValue(part, rng)
    if (other !== null)
      return Array.isArray(value)
        ? value.map((each: unknown, at) => (String(at) === key ? other : each))
        : { ...value, [key]: other }
  }
  return null
}

/** Null: it holds no value that could be another. */
export const otherCommand = (command: Command | { readonly kind: 'config' }, rng: Rng): Command | null => {
  if (command.kind !== 'op' && command.kind !== 'internal') return null
  const value = otherValue(command.call.value, rng)
  return value === null ? null : { ...command, call: { ...command.call, value } }
}

/** In few words, for the report. */
export const inShort = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}
