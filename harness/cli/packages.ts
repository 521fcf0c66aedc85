/** Programs this machine must have, and the Debian packages that bring them. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { execa } from 'execa'
import { UserError } from '../support/assert.ts'

export const NAMESPACE_PROGRAMS: Readonly<Record<string, string>> = {
  unshare: 'util-linux',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  ip: 'iproute2',
  'iptables-restore': 'iptables',
  'iptables-save': 'iptables',
}

export const DOCKER_PROGRAMS: Readonly<Record<string, string>> = {
  dockerd: 'docker.io',
  docker: 'docker.io',
  mmdebstrap: 'mmdebstrap',
  iptables: 'iptables',
}

const SEARCH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

/** The program's path; null where it is not installed. */
export const findProgram = (name: string): string | null => {
  const directories = [...(process.env.PATH ?? '').split(':'), ...SEARCH]
  for (const directory of directories) {
    const candidate = path.join(directory, name)
    try {
      fs.accessSync(candidate, fs.constants.X_OK)
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
    throw new UserError(`${argv.join(' ')} failed:\n${result.all.split('\n').slice(-5).join('\n')}`, 254)
}

/** As root prints the command and runs it; otherwise prints it and stops. */
export const installPackages = async (
  packages: readonly string[],
  say: (line: string) => void,
): Promise<void> => {
  if (packages.length === 0) return
  const install = ['apt-get', 'install', '--yes', '--no-install-recommends', ...packages]
  if (findProgram('apt-get') === null)
    throw new UserError(`Missing on this machine: ${packages.join(', ')} (Debian's names).`, 254)
  if (process.getuid?.() !== 0)
    throw new UserError(`Missing on this machine. As root:\n  ${install.join(' ')}`, 254)
  await run(['apt-get', 'update', '--quiet'], say)
  await run(install, say)
}

const cacheDir = (): string =>
  path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'faultline')

/** A program in an unpacked package: found below its bin directories. */
const findUnpacked = (name: string, debianPackage: string): string | null => {
  const root = path.join(cacheDir(), 'packages', debianPackage)
  const found = ['usr/bin', 'usr/sbin', 'bin']
    .map((bin) => path.join(root, bin, name))
    .find((file) => fs.existsSync(file))
  return found ?? null
}

/**
 * The path of a target's program. Where it is not installed, its Debian package is downloaded and unpacked into the
 * user's cache: that needs no root, and starts no service on the host, as installing a server would.
 */
export const obtainProgram = async (
  name: string,
  debianPackage: string,
  say: (line: string) => void,
): Promise<string> => {
  const existing = findProgram(name) ?? findUnpacked(name, debianPackage)
  if (existing !== null) return existing
  if (findProgram('apt-get') === null)
    throw new UserError(`${name} is not installed (Debian's package: ${debianPackage}).`, 254)
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'faultline-package-'))
  try {
    fs.chmodSync(directory, 0o755)
    say(`$ apt-get download ${debianPackage}`)
    await execa('apt-get', ['download', debianPackage], { cwd: directory }).catch(async () => {
      if (process.getuid?.() !== 0)
        throw new UserError(`${name} is not installed. As root: apt-get install ${debianPackage}`, 254)
      await run(['apt-get', 'update', '--quiet'], say)
      await execa('apt-get', ['download', debianPackage], { cwd: directory })
    })
    const archive = fs.readdirSync(directory).find((file) => file.endsWith('.deb')) ?? ''
    const root = path.join(cacheDir(), 'packages', debianPackage)
    fs.mkdirSync(root, { recursive: true })
    await execa('dpkg-deb', ['--extract', path.join(directory, archive), root])
  } finally {
    fs.rmSync(directory, { recursive: true, force: true })
  }
  const unpacked = findUnpacked(name, debianPackage)
  if (unpacked === null)
    throw new UserError(`Debian's package ${debianPackage} holds no program named ${name}.`, 254)
  return unpacked
}
