/** The programs that this machine needs, and the Debian packages that contain them. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { execa } from 'execa'
import { UserError } from '../support/assert.ts'
import { EXIT_CODES } from '../support/exit-codes.ts'

const SEARCH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']
/** Where Debian's packages put Java libraries. */
const JARS = '/usr/share/java'

/** A Java library is a program that Java runs. */
const isJar = (name: string): boolean => name.endsWith('.jar')

/** Where an installed program is looked for. A name that begins with a slash is the path. */
const directoriesFor = (name: string): readonly string[] => {
  if (name.startsWith('/')) return ['/']
  return isJar(name) ? [JARS] : [...(process.env.PATH ?? '').split(':'), ...SEARCH]
}

/** The path of the program, or of the Java library if the name ends with `.jar`; null if it is not installed. */
export const findProgram = (name: string): string | null => {
  const directories = directoriesFor(name)
  const access = isJar(name) ? fs.constants.R_OK : fs.constants.X_OK
  for (const directory of directories) {
    const candidate = path.join(directory, name)
    try {
      fs.accessSync(candidate, access)
      if (fs.statSync(candidate).isFile()) return candidate
    } catch {
      // Not here.
    }
  }
  return null
}

export const missingPackages = (programs: Readonly<Record<string, string>>): readonly string[] => [
  ...new Set(
    Object.entries(programs)
      .filter(([program]) => findProgram(program) === null)
      .map(([, name]) => name),
  ),
]

const run = async (argv: readonly string[], say: (line: string) => void): Promise<void> => {
  say(`$ ${argv.join(' ')}`)
  const [command, ...args] = argv as [string, ...string[]]
  const result = await execa(command, args, {
    reject: false,
    all: true,
    env: { DEBIAN_FRONTEND: 'noninteractive', PATH: `${process.env.PATH}:${SEARCH.join(':')}` },
  })
  if (result.exitCode !== 0)
    throw new UserError(
      `${argv.join(' ')} failed:\n${result.all.split('\n').slice(-5).join('\n')}`,
      EXIT_CODES.harnessFailed,
    )
}

/**
 * Installs the packages if this process is root.
 *
 * @throws UserError with the command to run as root if it is not, and if there is no apt-get.
 */
export const installPackages = async (
  packages: readonly string[],
  say: (line: string) => void,
): Promise<void> => {
  if (packages.length === 0) return
  const install = ['apt-get', 'install', '--yes', '--no-install-recommends', ...packages]
  if (findProgram('apt-get') === null)
    throw new UserError(
      `Missing on this machine: ${packages.join(', ')} (Debian package names).`,
      EXIT_CODES.harnessFailed,
    )
  if (process.getuid?.() !== 0)
    throw new UserError(
      `Packages are missing on this machine. Run as root:\n  ${install.join(' ')}`,
      EXIT_CODES.harnessFailed,
    )
  await run(['apt-get', 'update', '--quiet'], say)
  await run(install, say)
}

/** Nodes may run their programs as other users than root, and those cannot read what is in root's home. */
export const cacheDir = (): string => {
  const common = process.getuid?.() === 0 ? '/var/cache' : path.join(os.homedir(), '.cache')
  return path.join(process.env.XDG_CACHE_HOME ?? common, 'faultline')
}

/** The folder that the packages are unpacked into, named after the first of them. */
const unpackedRoot = (debianPackages: string): string =>
  path.join(cacheDir(), 'packages', debianPackages.split(' ')[0] as string)

/** Java is in a directory of its own: only the installation of its package puts a link into /usr/bin. */
const UNPACKED = ['usr/bin', 'usr/sbin', 'bin', 'usr/lib/jvm/*/bin', JARS]

/** The path of a program or a Java library in unpacked packages; null if it is not there. */
const findUnpacked = (name: string, debianPackages: string): string | null => {
  const root = unpackedRoot(debianPackages)
  const directories = name.startsWith('/') ? [''] : UNPACKED
  const found = directories.flatMap((directory) => fs.globSync(path.join(root, directory, name)))
  return found.toSorted()[0] ?? null
}

/**
 * Links in packages may be absolute, such as those of Java to its settings in /etc. They are made to lead into the unpacked
 * root, where that has what they lead to.
 */
export const relink = (root: string): void => {
  for (const entry of fs.readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) continue
    const link = path.join(entry.parentPath, entry.name)
    const unpacked = path.join(root, fs.readlinkSync(link))
    if (!path.isAbsolute(fs.readlinkSync(link)) || !fs.existsSync(unpacked)) continue
    fs.rmSync(link)
    fs.symlinkSync(path.relative(path.dirname(link), unpacked), link)
  }
}

/** The path of a target's program that is installed or unpacked already; null if it has to be downloaded first. */
export const presentPackaged = (name: string, debianPackages: string): string | null =>
  findProgram(name) ?? findUnpacked(name, debianPackages)

const unpack = async (
  debianPackages: string,
  directory: string,
  say: (line: string) => void,
): Promise<void> => {
  const names = debianPackages.split(' ')
  const download = (): Promise<unknown> => execa('apt-get', ['download', ...names], { cwd: directory })
  say(`$ apt-get download ${debianPackages}`)
  await download().catch(async () => {
    if (process.getuid?.() !== 0)
      throw new UserError(
        `Packages are missing on this machine. Run as root: apt-get install ${debianPackages}`,
        EXIT_CODES.harnessFailed,
      )
    await run(['apt-get', 'update', '--quiet'], say)
    await download()
  })
  const root = unpackedRoot(debianPackages)
  fs.mkdirSync(root, { recursive: true })
  for (const archive of fs.readdirSync(directory).filter((file) => file.endsWith('.deb')))
    await execa('dpkg-deb', ['--extract', path.join(directory, archive), root])
  relink(root)
}

/**
 * The path of a target's program. If it is not installed, its Debian packages are downloaded and unpacked into the
 * user's cache. That needs no root, and unlike installing a server it starts no service on the host.
 *
 * @param name of the program, or its path on a machine where it is installed, if that is not in the search path
 * @param debianPackages separated by spaces: the program's own package first, then those of the libraries that it needs
 */
export const obtainPackaged = async (
  name: string,
  debianPackages: string,
  say: (line: string) => void,
): Promise<string> => {
  const existing = presentPackaged(name, debianPackages)
  if (existing !== null) return existing
  if (findProgram('apt-get') === null)
    throw new UserError(
      `${name} is not installed (Debian packages: ${debianPackages}).`,
      EXIT_CODES.harnessFailed,
    )
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'faultline-package-'))
  try {
    fs.chmodSync(directory, 0o755)
    await unpack(debianPackages, directory, say)
  } finally {
    fs.rmSync(directory, { recursive: true, force: true })
  }
  const unpacked = findUnpacked(name, debianPackages)
  if (unpacked === null)
    throw new UserError(
      `The Debian packages ${debianPackages} contain no program named ${name}.`,
      EXIT_CODES.harnessFailed,
    )
  return unpacked
}
