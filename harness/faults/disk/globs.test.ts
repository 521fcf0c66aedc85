import { expect, it } from 'vitest'
import { pathMatcher } from './globs.ts'

const bytes = (text: string): string => Buffer.from(text).toString('latin1')

it.each([
  ['', 'any/thing', true],
  ['wal/*', 'wal/0.log', true],
  ['wal/*', 'wal/old/0.log', false],
  ['wal/*', 'wal', false],
  ['wal/*', 'walx0', false],
  ['wal/**', 'wal/old/0.log', true],
  ['**/*.log', '0.log', true],
  ['**/*.log', 'a/b/0.log', true],
  ['**/*.log', 'a/b/0xlog', false],
  ['a?c', 'abc', true],
  ['a?c', 'a/c', false],
  ['snap+wal/*', 'snap', true],
  ['snap+wal/*', 'wal/1', true],
  ['(a|b)', 'a', false],
  ['(a|b)', '(a|b)', true],
  ['caf\u00e9', bytes('caf\u00e9'), true],
  ['caf??', bytes('caf\u00e9'), true],
  ['a*', 'a\nb', true],
])('glob %j, path %j: %j', (glob, path, matches) => expect(pathMatcher(glob)(path)).toBe(matches))
