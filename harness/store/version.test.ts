import fs from 'node:fs'
import path from 'node:path'
import { execaSync } from 'execa'
import { afterEach, describe, expect, it } from 'vitest'
import { faultline, temporaryFolder } from '../testing/command.ts'
import { ownVersion, versionAt } from './version.ts'

const git = (cwd: string, ...args: readonly string[]): string =>
  execaSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
    cwd,
    env: { GIT_DIR: undefined },
  }).stdout

/** Makes a folder a package. */
const packageIn = (root: string): void =>
  fs.writeFileSync(path.join(root, 'package.json'), JSON.stringify({ version: '1.2.3' }))

const commitAll = (root: string): string => {
  git(root, 'init', '--quiet')
  git(root, 'add', '--all')
  git(root, 'commit', '--quiet', '--message', 'x')
  return git(root, 'describe', '--always')
}

describe('the version of faultline', () => {
  const gitDir = process.env.GIT_DIR
  afterEach(() => {
    if (gitDir === undefined) delete process.env.GIT_DIR
    else process.env.GIT_DIR = gitDir
  })

  it('outside any repository: the version of the package', () => {
    using folder = temporaryFolder()
    packageIn(folder.path)
    expect(versionAt(folder.path)).toBe('1.2.3')
  })

  it("inside a user's repository: only the version of the package", () => {
    using folder = temporaryFolder()
    const root = path.join(folder.path, 'node_modules', 'faultline')
    fs.mkdirSync(root, { recursive: true })
    packageIn(root)
    commitAll(folder.path)
    expect(versionAt(root)).toBe('1.2.3')
  })

  it('in a clone: with its commit, whatever tags exist, and whether files are modified', () => {
    using folder = temporaryFolder()
    packageIn(folder.path)
    const commit = commitAll(folder.path)
    git(folder.path, 'tag', '--annotate', 'v9', '--message', 'x')
    expect(versionAt(folder.path)).toBe(`1.2.3+${commit}`)
    fs.appendFileSync(path.join(folder.path, 'package.json'), '\n')
    expect(versionAt(folder.path)).toBe(`1.2.3+${commit}-dirty`)
  })

  it("ignores another repository that git's environment variables name, as in a hook", () => {
    using folder = temporaryFolder()
    using other = temporaryFolder()
    packageIn(folder.path)
    const commit = commitAll(folder.path)
    fs.writeFileSync(path.join(other.path, 'file'), 'other')
    expect(commitAll(other.path)).not.toBe(commit)
    process.env.GIT_DIR = path.join(other.path, '.git')
    expect(versionAt(folder.path)).toBe(`1.2.3+${commit}`)
  })

  it('is printed by --version', async () => {
    const { stdout, exitCode } = await faultline(['--version'])
    expect(stdout).toBe(ownVersion())
    expect(exitCode).toBe(0)
  })
})
