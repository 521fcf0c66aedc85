/** The releases of PySyncObj. PyPI has their sources only; it is Python alone, so they run as they are. */
import type { Programs } from '../../harness/api/programs.ts'
import { UserError } from '../../harness/support/assert.ts'

export const NEWEST = '0.3.17'
export const PYTHON = '/usr/bin/python3'
export const LIBRARY = 'pysyncobj'

const SUMS: Readonly<Record<string, string>> = {
  '0.3.14': '69d34e672257694f83f50dfb5e6e7ce446a68dba09ed48e142c782380d6428d4',
  '0.3.15': '7b98f523bc7810203763f5a6ef569ff2dd5de889fb7f5f0ccc8c8b6c87df9680',
  '0.3.16': '72afd7bbc34c0797d9d635273032e2bcc0aefc8baa553f26f6099e0ce5d620a0',
  [NEWEST]: '8aaef68141714d556173778a51bcc4e221b6fd4c971dc1240f3ab4c0d2dfe765',
}

/** @throws UserError that says which versions there are */
export const programsOf = (version: string): Programs => {
  const sum = SUMS[version]
  if (sum === undefined)
    throw new UserError(
      `PySyncObj ${version} is not pinned here: version is one of ${Object.keys(SUMS).join(', ')}.`,
    )
  return {
    [PYTHON]: 'python3-minimal python3.11-minimal libpython3.11-minimal libpython3.11-stdlib',
    [LIBRARY]: {
      from: 'pypi',
      release: `pysyncobj==${version}`,
      sha256: [sum],
      file: 'pysyncobj/__init__.py',
      sources: true,
    },
  }
}
