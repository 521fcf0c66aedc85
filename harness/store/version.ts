/** The version of faultline: the package's version and, if it runs from its own clone, the commit. */
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { ROOT } from './package.ts'

/** Git sets these variables in its hooks. They would make git look at another repository. */
const FOREIGN = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE']

/**
 * Null if the folder itself is not a clone: a package inside a user's repository must not get that repository's commit.
 */
const commitAt = (root: string): string | null => {
  if (!fs.existsSync(path.join(root, '.git'))) return null
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !FOREIGN.includes(name)))
  const { status, stdout } = spawnSync('git', ['describe', '--always', '--dirty', '--exclude', '*'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...env, GIT_OPTIONAL_LOCKS: '0' },
  })
  return status === 0 ? stdout.trim() : null
}

/** The version of the faultline in that folder, such as `0.1.0`, `0.1.0+1a2b3c4` or `0.1.0+1a2b3c4-dirty`. */
export const versionAt = (root: string): string => {
  const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    readonly version: string
  }
  const commit = commitAt(root)
  return commit === null ? version : `${version}+${commit}`
}

let known: string | undefined

/** The version of the running faultline; looked up once. */
export const ownVersion = (): string => {
  known ??= versionAt(ROOT)
  return known
}
