/** Every call of every vocabulary: what its schemas accept and reject, and its other properties. */
import { describe, expect, it } from 'vitest'
import type { CallDefinition } from '../api/vocabulary.ts'
import { EXAMPLES } from '../testing/examples.ts'
import { vocabularies } from './index.ts'
import { REGISTER } from './register.ts'
import { SET } from './set.ts'
import { asCall, definitionOf, mayChange, readsOf, writesOf } from './vocabulary.ts'

const each = Object.entries(EXAMPLES).flatMap(([name, calls]) =>
  Object.entries(calls).map(([f, example]) => ({ name, f, example })),
)

const find = (name: string, f: string): CallDefinition => {
  const vocabulary = vocabularies[name]
  const definition = vocabulary === undefined ? undefined : definitionOf(vocabulary, f)
  if (definition === undefined) throw new Error(`there is no ${f} in ${name}`)
  return definition
}

describe('a call', () => {
  it('of every vocabulary has an example here', () => {
    const callsOf = (all: Readonly<Record<string, object>>): Record<string, readonly string[]> =>
      Object.fromEntries(Object.entries(all).map(([name, calls]) => [name, Object.keys(calls).sort()]))
    const defined = Object.fromEntries(Object.entries(vocabularies).map(([name, { calls }]) => [name, calls]))
    expect(callsOf(EXAMPLES)).toEqual(callsOf(defined))
  })

  it.each(each)('$name $f', ({ name, f, example }) => {
    const definition = find(name, f)
    const accepts = (schema: 'value' | 'ok', given: unknown): boolean =>
      definition[schema].safeParse(given).success
    expect(accepts('value', example.value)).toBe(true)
    expect(accepts('ok', example.ok)).toBe(true)
    for (const bad of example.badValues) expect(accepts('value', bad), JSON.stringify(bad)).toBe(false)
    for (const bad of example.badOks) expect(accepts('ok', bad), JSON.stringify(bad)).toBe(false)
    expect(definition.changes(example.value)).toBe(example.changes)
    expect(definition.mismatch?.(example.value, example.ok) ?? null).toBeNull()
    for (const other of example.mismatches ?? []) {
      expect(accepts('ok', other), JSON.stringify(other)).toBe(true)
      expect(definition.mismatch?.(example.value, other), JSON.stringify(other)).toMatch(/^it/)
    }
    expect(definition.objects?.(example.value)).toEqual(example.objects)
    expect(definition.writes?.(example.value) ?? []).toEqual(example.writes ?? [])
    expect(definition.reads?.(example.ok) ?? []).toMatchObject(example.reads ?? [])
  })

  it('is narrowed by its name', () => {
    const call = { f: 'read', value: { key: 1 } }
    expect(asCall(REGISTER, call)).toBe(call)
    expect(() => asCall(REGISTER, { f: 'add', value: {} })).toThrow(
      'add is not a call of the register vocabulary (read, write, cas)',
    )
    expect(() => asCall(REGISTER, { f: 'toString', value: {} })).toThrow('toString is not a call')
  })

  it('that does not match counts as a change, and proves no write or read', () => {
    expect(mayChange(REGISTER, { f: 'read', value: null })).toBe(true)
    expect(mayChange(REGISTER, { f: 'leader', value: {} })).toBe(true)
    expect(writesOf(REGISTER, { f: 'write', value: null })).toEqual([])
    expect(readsOf(SET, 'read', { elements: null })).toEqual([])
  })
})
