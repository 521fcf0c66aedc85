/** What the namespaces environment needs on this machine, and how to get it. */
import type { Finding, PrepareSpec } from '../../api/environment.ts'
import { installPackages, missingPackages } from '../packages.ts'
import { worksInNamespaces } from './unshare.ts'

/** Program -> the Debian package that contains it. */
const PROGRAMS: Readonly<Record<string, string>> = {
  unshare: 'util-linux',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  ip: 'iproute2',
  tc: 'iproute2',
  perl: 'perl-base',
  'iptables-restore': 'iptables',
  'iptables-save': 'iptables',
}

export const MEANS = `${process.getuid?.() === 0 ? 'as root' : 'through a user namespace'}: veth and bridge work`

export const whyNoNamespaces = async (): Promise<string | null> => {
  const works = await worksInNamespaces(
    'ip link add name fl0 type veth peer name fl1 && ip link add name br0 type bridge',
  )
  if (works) return null
  const missing = missingPackages(PROGRAMS)
  const programs =
    missing.length === 0
      ? ''
      : ` Programs are missing: prepare this machine with \`faultline prepare namespaces\` (installs ${missing.join(', ')}).`
  return (
    'Network namespaces cannot be created: unshare, veth or bridge is refused. Run as root, or ' +
    `allow unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone, AppArmor).${programs}`
  )
}

export const findPrograms = (): Finding => {
  const missing = missingPackages(PROGRAMS)
  return {
    what: 'programs',
    ok: missing.length === 0,
    note: missing.length === 0 ? Object.keys(PROGRAMS).join(', ') : `apt-get install ${missing.join(' ')}`,
  }
}

export const installPrograms = (say: PrepareSpec['say']): Promise<void> =>
  installPackages(missingPackages(PROGRAMS), say)
