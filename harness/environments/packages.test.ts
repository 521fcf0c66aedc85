import fs from 'node:fs'
import path from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { temporaryFolder } from '../testing/command.ts'
import { findProgram, missingPackages, obtainPackaged, relink } from './packages.ts'

afterEach(() => vi.unstubAllEnvs())

const write = (file: string, text: string): void => {
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, text)
}

describe('unpacked packages', () => {
  it.each([
    ['absent-program', 'usr/bin/absent-program'],
    ['absent-java', 'usr/lib/jvm/java-17-openjdk-amd64/bin/absent-java'],
    ['absent-library.jar', 'usr/share/java/absent-library.jar'],
  ])('have %s in %s', async (name, file) => {
    using folder = temporaryFolder()
    vi.stubEnv('XDG_CACHE_HOME', folder.path)
    const root = path.join(folder.path, 'faultline/packages/first-package')
    write(path.join(root, file), '')
    const said: string[] = []
    const found = await obtainPackaged(name, 'first-package second-package', (line) => said.push(line))
    expect(found).toBe(path.join(root, file))
    expect(said).toEqual([])
  })

  it('have links that lead into their own root, if they have what the links lead to', () => {
    using folder = temporaryFolder()
    const root = path.join(folder.path, 'root')
    write(path.join(root, 'etc/java/net.properties'), 'settings')
    write(path.join(root, 'usr/lib/java/conf/relative'), 'kept')
    const link = (name: string): string => path.join(root, 'usr/lib/java/conf', name)
    fs.symlinkSync('/etc/java/net.properties', link('net.properties'))
    fs.symlinkSync('/etc/elsewhere', link('elsewhere'))
    fs.symlinkSync('relative', link('other'))
    relink(root)
    expect(fs.readFileSync(link('net.properties'), 'utf8')).toBe('settings')
    expect(fs.readlinkSync(link('net.properties'))).toBe('../../../../etc/java/net.properties')
    expect([fs.readlinkSync(link('elsewhere')), fs.readlinkSync(link('other'))]).toEqual([
      '/etc/elsewhere',
      'relative',
    ])
  })
})

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
