/** The releases of jgroups-raft, by Maven, with the release of JGroups that each demands. Our server is compiled against them. */
import type { Programs } from '../../harness/api/programs.ts'
import { UserError } from '../../harness/support/assert.ts'

export const NEWEST = '1.1.4'
export const RELEASE = 'jgroups-raft'

/** Of the list of all jars of a version (`MavenJars.sha256`). */
const PINNED: Readonly<Record<string, string>> = {}

/** @throws UserError if it is no version of jgroups-raft */
export const programsOf = (version: string): Programs => {
  if (!/^1\.\d+\.\d+$/.test(version))
    throw new UserError(
      `There is no jgroups-raft in version ${version}: it is a release such as 1.0.12. Pinned are ${Object.keys(PINNED).join(', ')}.`,
    )
  const sha256 = PINNED[version]
  return {
    java: 'openjdk-17-jre-headless',
    javac: 'openjdk-17-jdk-headless openjdk-17-jre-headless',
    [RELEASE]: {
      from: 'maven',
      name: `jgroups-raft-${version}`,
      artifacts: [`org.jgroups:jgroups-raft:${version}.Final`],
      ...(sha256 === undefined ? {} : { sha256 }),
    },
  }
}
