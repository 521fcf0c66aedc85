/** What every vocabulary must have, and that no other file repeats it. */
import fs from 'node:fs'
import path from 'node:path'
import { execaSync } from 'execa'
import { describe, expect, it } from 'vitest'
import type { IsolationModel } from '../api/claims.ts'
import { PROJECT_ROOT } from '../testing/capabilities.ts'
import { vocabularies } from './index.ts'
import { ISOLATION_LEVELS, isIsolationModel, OF_TRANSACTIONS } from './promises.ts'

describe('a vocabulary', () => {
  it.each(Object.entries(vocabularies))('%s', (name, vocabulary) => {
    expect(vocabulary.name).toBe(name)
    expect(new Set(vocabulary.promises).size).toBe(vocabulary.promises.length)
    expect(vocabulary.description).not.toMatch(/\.$/)
    const readme = fs.readFileSync(path.join(import.meta.dirname, 'README.md'), 'utf8')
    expect(readme).toContain(`\`${name}\``)
    for (const promise of vocabulary.promises)
      if (!isIsolationModel(promise)) expect(readme).toContain(`\`${promise}\``)
    expect(vocabulary.promises).toContain(vocabulary.assumes ?? vocabulary.promises[0])
    for (const meant of Object.values(vocabulary.synonyms ?? {})) expect(vocabulary.promises).toContain(meant)
  })

  it('of transactions promises each isolation model before all that it implies', () => {
    expect(OF_TRANSACTIONS).toHaveLength(3 * ISOLATION_LEVELS.length - 2 * 4)
    expect(OF_TRANSACTIONS[0]).toBe('strict-serializable')
    expect(OF_TRANSACTIONS.at(-1)).toBe('read-uncommitted')
    const at = (name: IsolationModel): number => OF_TRANSACTIONS.indexOf(name)
    expect(at('strict-serializable')).toBeLessThan(at('strong-session-serializable'))
    expect(at('strong-session-serializable')).toBeLessThan(at('serializable'))
    expect(at('serializable')).toBeLessThan(at('snapshot-isolation'))
    expect(isIsolationModel('linearizable')).toBe(false)
  })
})

/** Names, or constants, of calls or vocabularies, two or more in one list. */
const listsIn = (text: string): readonly (readonly string[])[] =>
  [...text.matchAll(/\[([^[\]]*)\]/g)].flatMap(([, inside]) => {
    const items = (inside as string).split(',').flatMap((item) => item.trim() || [])
    return items.length > 1 ? [items] : []
  })

const isListOf = (items: readonly string[], names: readonly string[]): boolean =>
  items.every((item) => names.some((name) => item === `'${name}'`))

const isListOfConstants = (items: readonly string[]): boolean =>
  items.every((item) => {
    const [, constant] = /^([A-Z_]+)(?:\.name)?$/.exec(item) ?? []
    return constant !== undefined && Object.hasOwn(vocabularies, constant.toLowerCase().replaceAll('_', '-'))
  })

/** Lists that repeat facts of the vocabularies. */
const repeated = (text: string): readonly (readonly string[])[] =>
  listsIn(text).filter(
    (items) =>
      isListOf(items, Object.keys(vocabularies)) ||
      Object.values(vocabularies).some(({ calls }) => isListOf(items, Object.keys(calls))) ||
      isListOfConstants(items),
  )

describe('facts of a vocabulary are not repeated elsewhere', () => {
  const files = execaSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts'], {
    cwd: PROJECT_ROOT,
  }).stdout.split('\n')
  const others = files.filter(
    (file) =>
      /^(checkers|harness|targets|workloads)\//.test(file) &&
      // In faults/, reads and writes are disk operations; porcupine-ts has its own calls.
      !/^(harness\/vocabularies|harness\/faults|checkers\/porcupine-ts)\//.test(file) &&
      !file.endsWith('.test.ts') &&
      fs.existsSync(path.join(PROJECT_ROOT, file)),
  )

  it('finds such lists', () => {
    const lists = [
      "new Set(['read', 'write'])",
      "['submit',\n  'pending',\n]",
      "x = ['set', 'register']",
      'new Set([EFFECTS, JOB_QUEUE.name])',
    ]
    for (const text of lists) expect(repeated(text), text).toHaveLength(1)
    for (const text of ["['read']", "['read', 'sideways']", '[REGISTER.name]', '[LIMIT, REGISTER]'])
      expect(repeated(text), text).toEqual([])
  })

  it.each(others)('%s', (file) => {
    expect(repeated(fs.readFileSync(path.join(PROJECT_ROOT, file), 'utf8'))).toEqual([])
  })
})
