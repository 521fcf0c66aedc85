/** The releases of jgroups-raft, by Maven, with the release of JGroups that each demands. Our server is compiled against them. */
import type { Programs } from '../../harness/api/programs.ts'
import { UserError } from '../../harness/support/assert.ts'
import { JDK } from '../java-service/launch.ts'

export const NEWEST = '1.1.4'
export const RELEASE = 'jgroups-raft'

/** Of the list of all jars of a version (`MavenJars.sha256`). */
const PINNED: Readonly<Record<string, string>> = {
  '1.0.12': 'dde88ffca7e5063a5ce163cb2f0107da74bac5deeb2f4718f1b1a31cd37b6d09',
  '1.0.13': '41415786e8d2bd40f07d6e472103243a619ebbf1a7ce8b9b89707dde2dfb08aa',
  [NEWEST]: '129a5f88e58808bc23a6cf49f3bda2fabb3fa0840e32729c6c8e8057a7277551',
}

/** @throws UserError if it is no version of jgroups-raft */
export const programsOf = (version: string): Programs => {
  if (!/^1\.\d+\.\d+$/.test(version))
    throw new UserError(
      `There is no jgroups-raft in version ${version}: it is a release such as 1.0.12. Pinned are ${Object.keys(PINNED).join(', ')}.`,
    )
  const sha256 = PINNED[version]
  return {
    ...JDK,
    [RELEASE]: {
      from: 'maven',
      name: `jgroups-raft-${version}`,
      artifacts: [`org.jgroups:jgroups-raft:${version}.Final`],
      ...(sha256 === undefined ? {} : { sha256 }),
    },
  }
}
