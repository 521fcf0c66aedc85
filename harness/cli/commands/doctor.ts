/** `faultline doctor`: what this machine can do, what is missing, and what would provide it. */
import fs from 'node:fs'
import { execa } from 'execa'
import type { Capability } from '../../api/environment.ts'
import { whyNotHere } from '../../environments/capabilities.ts'
import { isDockerReachable } from '../../environments/docker/daemon.ts'
import { inNamespaces } from '../../environments/sandbox.ts'
import { DOCKER_PROGRAMS, findProgram, missingPackages, NAMESPACE_PROGRAMS } from '../run/packages.ts'
import { nemeses, targets } from '../run/registries.ts'

interface Finding {
  readonly what: string
  readonly ok: boolean
  /** What was found, or what would provide it. */
  readonly note: string
}

const works = async (argv: readonly string[], input?: string): Promise<boolean> => {
  const [command, ...args] = argv as [string, ...string[]]
  const result = await execa(command, args, {
    reject: false,
    timeout: 10_000,
    ...(input === undefined ? {} : { input }),
  })
  return result.exitCode === 0
}

/** A script inside fresh namespaces, as the sandbox makes them. */
const inNamespace = (script: string): Promise<boolean> => works([...inNamespaces(), 'sh', '-c', script])

const checkNamespaces = async (): Promise<Finding> => {
  const ok = await inNamespace(
    'ip link add name fl0 type veth peer name fl1 && ip link add name br0 type bridge',
  )
  const note = ok
    ? `${process.getuid?.() === 0 ? 'as root' : 'through a user namespace'}: veth and bridge work`
    : 'unshare, veth or bridge refused: run as root, or allow unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone, AppArmor)'
  return { what: 'environment namespaces', ok, note }
}

const checkPartition = async (): Promise<string | null> => {
  const script =
    'printf "*filter\\n:fl - [0:0]\\n-A fl -s 198.18.0.1 -j DROP\\nCOMMIT\\n" | iptables-restore --noflush'
  const ok = findProgram('iptables-restore') !== null && (await inNamespace(script))
  return ok ? null : 'iptables does not work in a namespace: apt-get install iptables'
}

/** Through a device made and limited in namespaces of its own. */
const checkBandwidth = async (): Promise<string | null> => {
  const script =
    'ip link add name fl0 type veth peer name fl1 && tc qdisc add dev fl0 root tbf rate 64kbit burst 4kb latency 400ms'
  return (await inNamespace(script)) ? null : 'tc-tbf is refused: no limit of bandwidth (modprobe sch_tbf)'
}

/** How each fault is made here, where it can be. */
const HOW: Readonly<Record<Capability, string>> = {
  partition: "iptables in the node's own namespace, probed one way at a time",
  kill: 'SIGKILL, SIGTERM',
  pause: 'SIGSTOP',
  freezer: 'cgroup v1 freezer',
  clock: "a stub in each process's own vDSO (tried on a process of ours)",
  disk: 'a FUSE file system of ours below the data directory',
  packet: 'a switch in user space over TUN devices; tc-tbf for bandwidth',
  io: 'cgroup v1 blkio.throttle, probed by a process in the same group',
  memory: 'cgroup v1 memory limit',
  cpu: 'cgroup v1 CPU quota, busy neighbours',
}

const whyNot = async (fault: Capability): Promise<string | null> => {
  if (fault === 'partition') return checkPartition()
  return whyNotHere(fault) ?? (fault === 'packet' ? checkBandwidth() : null)
}

/** Each nemesis by what it needs of the machine. */
const checkNemeses = async (): Promise<readonly Finding[]> => {
  const reasons = new Map<Capability, string | null>()
  for (const fault of Object.keys(HOW) as Capability[]) reasons.set(fault, await whyNot(fault))
  return Object.values(nemeses).map(({ name, needs, uses = [] }) => {
    const missing = needs.flatMap((fault) => reasons.get(fault) ?? [])
    const used = uses.filter((fault) => reasons.get(fault) === null)
    const how = [...needs, ...used].map((fault) => HOW[fault]).join('; ')
    return { what: `nemesis ${name}`, ok: missing.length === 0, note: missing.join('; ') || how }
  })
}

const checkDocker = async (): Promise<Finding> => {
  const ok = await isDockerReachable()
  const missing = missingPackages(DOCKER_PROGRAMS)
  const note = ok
    ? 'the daemon answers'
    : missing.length > 0
      ? `faultline prepare docker (installs ${missing.join(', ')})`
      : 'the daemon does not answer: faultline prepare docker'
  return { what: 'environment docker', ok, note }
}

const checkPrograms = (): readonly Finding[] => {
  const missing = missingPackages(NAMESPACE_PROGRAMS)
  return [
    {
      what: 'programs',
      ok: missing.length === 0,
      note:
        missing.length === 0
          ? Object.keys(NAMESPACE_PROGRAMS).join(', ')
          : `apt-get install ${missing.join(' ')}`,
    },
  ]
}

const checkTargets = (): readonly Finding[] =>
  Object.values(targets).flatMap((target) =>
    Object.entries(target.programs).map(([program, debianPackage]) => {
      const found = findProgram(program)
      return {
        what: `target ${target.name}`,
        ok: true,
        note: found ?? `${program} is taken from Debian's package ${debianPackage} when first needed`,
      }
    }),
  )

const findings = async (): Promise<readonly Finding[]> => [
  {
    what: 'Linux',
    ok: process.platform === 'linux',
    note:
      process.platform === 'linux'
        ? fs.readFileSync('/proc/sys/kernel/osrelease', 'latin1').trim()
        : 'faultline breaks Linux processes only',
  },
  {
    what: 'root',
    ok: process.getuid?.() === 0,
    note: process.getuid?.() === 0 ? 'yes' : 'not root: no docker set-up, no freezer',
  },
  { what: 'Node', ok: Number(process.versions.node.split('.')[0]) >= 24, note: process.version },
  ...checkPrograms(),
  await checkNamespaces(),
  await checkDocker(),
  ...(await checkNemeses()),
  ...checkTargets(),
]

export const doctorCommand = async ({ json }: { readonly json?: boolean }): Promise<number> => {
  const table = await findings()
  if (json === true) process.stdout.write(`${JSON.stringify(table)}\n`)
  else
    for (const { what, ok, note } of table)
      process.stdout.write(`${ok ? 'yes' : 'no '}  ${what.padEnd(24)} ${note}\n`)
  const usable = table.some(({ what, ok }) => what.startsWith('environment') && ok)
  return usable ? 0 : 254
}
