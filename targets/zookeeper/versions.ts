/**
 * The versions of the server and where they come from: Debian's packages, or Apache's own jars by Maven. `slf4j-simple` writes
 * the log to the standard error as with Debian's packages; ZooKeeper's own choice, logback, would need a file of settings.
 */
import path from 'node:path'
import type { MavenJars, Programs } from '../../harness/api/programs.ts'
import { UserError } from '../../harness/support/assert.ts'

export const DEBIAN = 'debian'

/** What `version=debian` is, in Debian 12. */
const DEBIANS = '3.8.0'

/** Of the list of all jars of a version (`MavenJars.sha256`). */
const PINNED: Readonly<Record<string, string>> = {
  '3.8.4': 'b6a7347eafb64370d192af25a4e1837117affc863f31f0ec6984d3cb788156e3',
  '3.8.6': '524a3ede833a38c16b02b89429488c93c2e6ccd2d5134f4cb7ec2a1c67ffc362',
  '3.9.2': 'a41c5be7e82dc1e3d80f9aa0a2475a778df9f9ab38ae603b58c9d995d0f51e90',
  '3.9.3': 'bbd5b7857f8a93ff798d723d818c1c2b98cae0d949daf4b2d9f420311f9848c4',
  '3.9.4': 'a50eb990aeb27153802ac2def2d8ae70c2b809c00fe8f3ac739873f3599207ad',
  '3.9.5': '98155d139b74d164d948fd9bc35ee1c2c7425f28d5951863d740ffb346fe9af2',
}

/** Its version if it is one, such as `3.9.3`. @throws UserError that says which there are */
export const numberOf = (version: string): string => {
  if (version === DEBIAN) return DEBIANS
  if (/^\d+\.\d+\.\d+$/.test(version)) return version
  throw new UserError(
    `There is no ZooKeeper in version ${version}: it is \`${DEBIAN}\`, or a release such as 3.9.3. Pinned are ${Object.keys(PINNED).join(', ')}.`,
  )
}

/** Maven gives what a server needs, but for libraries that a program around it is meant to provide. */
const jarsOf = (version: string): MavenJars => {
  const pinned = PINNED[version]
  return {
    from: 'maven',
    name: `zookeeper-${version}`,
    artifacts: [
      `org.apache.zookeeper:zookeeper:${version}`,
      'io.dropwizard.metrics:metrics-core:4.1.12.1',
      'org.xerial.snappy:snappy-java:1.1.10.5',
      'org.slf4j:slf4j-api:2.0.13',
      'org.slf4j:slf4j-simple:2.0.13',
    ],
    // Another log, and libraries of other machines, for TLS.
    excludes: ['ch.qos.logback:*', 'io.netty:netty-tcnative-boringssl-static'],
    ...(pinned === undefined ? {} : { sha256: pinned }),
  }
}

/** Where Debian's packages put Java libraries. */
const JARS = '/usr/share/java'
const SERVER_JAR = 'zookeeper.jar'
const OTHER_JARS = [
  'zookeeper-jute.jar',
  'slf4j-api.jar',
  'slf4j-simple.jar',
  'metrics-core.jar',
  'netty-all.jar',
  'snappy-java.jar',
]
/** Those that contain the jars. The package's other dependencies are for parts that are not used here. */
const JAR_PACKAGES = 'libzookeeper-java libslf4j-java libdropwizard-metrics-java libnetty-java libsnappy-java'

/** All jars of a release. */
const RELEASE = 'zookeeper'

export const programsOf = (version: string): Programs => ({
  java: 'openjdk-17-jre-headless',
  ...(version === DEBIAN ? { [SERVER_JAR]: JAR_PACKAGES } : { [RELEASE]: jarsOf(numberOf(version)) }),
})

export const classPathOf = (version: string, program: (name: string) => string): string => {
  if (version !== DEBIAN) return path.join(program(RELEASE), '*')
  const server = program(SERVER_JAR)
  const jars = server.includes('/') ? path.dirname(server) : JARS
  return [SERVER_JAR, ...OTHER_JARS].map((jar) => path.join(jars, jar)).join(':')
}
