/** The releases of Kafka, by Maven: a broker needs its jars alone, and a library that writes its log to the standard error. */
import type { Programs } from '../../harness/api/programs.ts'
import { UserError } from '../../harness/support/assert.ts'

export const NEWEST = '4.1.1'
export const RELEASE = 'kafka'

/** Of the list of all jars of a version (`MavenJars.sha256`). */
const PINNED: Readonly<Record<string, string>> = {
  '3.9.1': '21ade6a3aeae0d707bd57b8ce6222ea6c67736d59a53e1c01cf373140b055993',
  '4.0.0': 'b7b1455c279f496877deebd58bde9e93eedc1d4d51073468be33ce0b97d8d93a',
  [NEWEST]: 'cc103740486a3dac6e1ea7592ee7d3ae8307b7b5ad7f45e8003104a16f2548c2',
}

/** @throws UserError if there can be no such release, or it is too old for our client or too new to be known */
export const programsOf = (version: string): Programs => {
  if (!/^(3\.9|4\.\d+)\.\d+$/.test(version))
    throw new UserError(
      `There is no Kafka in version ${version} here: it is a release since 3.9.0, such as 4.0.0. Pinned are ${Object.keys(PINNED).join(', ')}.`,
    )
  const sha256 = PINNED[version]
  return {
    java: 'openjdk-17-jre-headless',
    [RELEASE]: {
      from: 'maven',
      name: `kafka-${version}`,
      artifacts: [`org.apache.kafka:kafka_2.13:${version}`, 'org.slf4j:slf4j-simple:1.7.36'],
      ...(sha256 === undefined ? {} : { sha256 }),
    },
  }
}

/** Whether a release is at least this one, such as `4.1`. */
export const isSince = (version: string, first: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [firstMajor = 0, firstMinor = 0] = first.split('.').map(Number)
  return major > firstMajor || (major === firstMajor && minor >= firstMinor)
}
