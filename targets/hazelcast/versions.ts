/** The releases of Hazelcast 5, by Maven: the open-source edition, which is one jar. Our server is compiled against it. */
import type { Programs } from '../../harness/api/programs.ts'
import { UserError } from '../../harness/support/assert.ts'
import { JDK } from '../java-service/launch.ts'

export const NEWEST = '5.6.0'
export const RELEASE = 'hazelcast'

/** Of the list of all jars of a version (`MavenJars.sha256`). */
const PINNED: Readonly<Record<string, string>> = {
  '5.5.0': '309b84bb383e79639d36a693f68a869e9cd8e5ab898211eaf865b15397a1ce3c',
  [NEWEST]: 'b42ba18dc5929af13ac0b876d8d04c2ccecb614d92baeb321b6ec613860885e5',
}

/** @throws UserError if there can be no such release */
export const programsOf = (version: string): Programs => {
  if (!/^5\.\d+\.\d+$/.test(version))
    throw new UserError(
      `There is no Hazelcast in version ${version} here: it is a release such as 5.5.0. Pinned are ${Object.keys(PINNED).join(', ')}.`,
    )
  const sha256 = PINNED[version]
  return {
    ...JDK,
    [RELEASE]: {
      from: 'maven',
      name: `hazelcast-${version}`,
      artifacts: [`com.hazelcast:hazelcast:${version}`],
      ...(sha256 === undefined ? {} : { sha256 }),
    },
  }
}
