import { expect, it } from 'vitest'
import { findProgram, missingPackages } from './packages.ts'

it('finds a program by its name in the search path, or by its path', () => {
  expect(findProgram('sh')).toMatch(/\/sh$/)
  expect(findProgram('/bin/sh')).toBe('/bin/sh')
  expect(findProgram('/nowhere/sh')).toBeNull()
})

it('does not take a folder or a file without permission for a program', () => {
  expect(findProgram('/bin')).toBeNull()
  expect(findProgram('/etc/passwd')).toBeNull()
})

it('names each package that is missing once', () => {
  expect(missingPackages({ sh: 'dash', '/nowhere/a': 'one', '/nowhere/b': 'one' })).toEqual(['one'])
})
