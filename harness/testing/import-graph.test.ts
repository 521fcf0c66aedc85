import { describe, expect, it } from 'vitest'
import { circlesAmong, unusedExports } from './import-graph.ts'

const importing = (file: string, ...from: readonly string[]) => ({
  file,
  imports: from.map((each) => ({ from: each, names: ['x'] })),
})

describe('import circles', () => {
  it('do not exist in a tree, or when two files import the same file', () =>
    expect(circlesAmong([importing('a', 'b', 'c'), importing('b', 'c'), importing('c')])).toEqual([]))

  it('are shown by their shortest path, until every file in a circle is shown', () => {
    const two = [importing('a', 'b'), importing('b', 'a', 'c'), importing('c', 'd'), importing('d', 'c')]
    expect(circlesAmong(two)).toEqual(['a -> b -> a', 'c -> d -> c'])
    const long = [importing('a', 'b'), importing('b', 'c'), importing('c', 'd', 'a'), importing('d', 'a')]
    expect(circlesAmong(long)).toEqual(['a -> b -> c -> a', 'd -> a -> b -> c -> d'])
    expect(circlesAmong([importing('a', 'a')])).toEqual(['a -> a'])
  })
})

describe('unused exports', () => {
  const file = (
    name: string,
    exports: readonly string[],
    imports: readonly { from: string; names: string[] | null }[],
  ) => ({
    file: name,
    imports,
    exports: exports.map((each) => ({ name: each, isPartOfAnother: each.startsWith('Part') })),
  })

  it('are those that no file imports, except parts of other exports and published ones', () => {
    const sources = [
      file('a', ['used', 'unused', 'PartOfUsed'], []),
      file('b', ['whole'], [{ from: 'a', names: ['used'] }]),
      file('c', ['published'], [{ from: 'b', names: null }]),
    ]
    expect(unusedExports(sources, new Set(['c']))).toEqual(['a: unused'])
    expect(unusedExports(sources, new Set())).toEqual(['a: unused', 'c: published'])
  })
})
