/** Which faults can be made on this machine. All environments whose nodes are processes on it share this. */
import os from 'node:os'
import type { Capability, Examined } from '../api/environment.ts'
import { cgroupVersion, whyNoCgroup } from '../faults/cgroup/groups.ts'
import { whyNoClock } from '../faults/clock/process-clock.ts'
import { describeDisk, whyNoDisk } from '../faults/disk/disk.ts'
import { whyNoIoLimit } from '../faults/io-limit.ts'
import { whyNoDetour } from '../faults/packet/detour.ts'
import { RELAY_TRIAL } from '../faults/relay/rules.ts'
import { worksInNamespaces } from './namespaces/unshare.ts'
import { findProgram } from './packages.ts'

const tryRelay = async (): Promise<string | null> =>
  (await worksInNamespaces(RELAY_TRIAL))
    ? null
    : 'iptables cannot redirect connections: apt-get install iptables, or modprobe xt_owner xt_REDIRECT, as root'

interface Means {
  /** How it is done, as a text for users. */
  readonly how: () => string
  /** Cheap enough to be called before every run. Absent: always possible. */
  readonly whyNot?: () => string | null
  /** An additional test for `faultline doctor`. */
  readonly tryOut?: () => Promise<string | null>
}

const tryIptables = async (): Promise<string | null> => {
  const script =
    'printf "*filter\\n:fl - [0:0]\\n-A fl -s 198.18.0.1 -j DROP\\nCOMMIT\\n" | iptables-restore --noflush'
  const works = findProgram('iptables-restore') !== null && (await worksInNamespaces(script))
  return works ? null : 'iptables does not work in a namespace: apt-get install iptables'
}

const TWO_DEVICES = 'ip link add name fl0 type veth peer name fl1'
const REDIRECT =
  'tc qdisc add dev fl0 clsact && tc filter add dev fl0 egress protocol all u32 match u16 0 0 at -14 action mirred egress redirect dev fl1'
const LIMIT = 'tc qdisc add dev fl0 root tbf rate 64kbit burst 4kb latency 400ms'

/** Creates devices in fresh namespaces, redirects what one sends, and limits its rate. */
const tryTrafficControl = async (): Promise<string | null> => {
  if (!(await worksInNamespaces(`${TWO_DEVICES} && ${REDIRECT}`)))
    return 'tc cannot redirect frames: modprobe sch_ingress cls_u32 act_mirred, as root'
  return (await worksInNamespaces(`${TWO_DEVICES} && ${LIMIT}`))
    ? null
    : 'tc-tbf is refused, so bandwidth cannot be limited (modprobe sch_tbf)'
}

const MEANS: Readonly<Record<Capability, Means>> = {
  partition: {
    how: () => "iptables in the node's own namespace, probed in each direction",
    tryOut: tryIptables,
  },
  kill: { how: () => 'SIGKILL, SIGTERM' },
  pause: { how: () => 'SIGSTOP' },
  freezer: { how: () => `cgroup v${cgroupVersion('freezer')} freezer`, whyNot: () => whyNoCgroup('freezer') },
  clock: { how: () => "a stub in each process's own vDSO (tested on our own process)", whyNot: whyNoClock },
  disk: { how: () => describeDisk(os.release()), whyNot: whyNoDisk },
  packet: {
    how: () => 'a switch in user space over TAP devices; tc-tbf for bandwidth',
    whyNot: whyNoDetour,
    tryOut: tryTrafficControl,
  },
  io: {
    how: () =>
      `cgroup v${cgroupVersion('io')} limits of a disk's rate, probed by a process under the same limit`,
    whyNot: whyNoIoLimit,
  },
  memory: {
    how: () => `cgroup v${cgroupVersion('memory')} memory limit`,
    whyNot: () => whyNoCgroup('memory'),
  },
  cpu: {
    how: () => `cgroup v${cgroupVersion('cpu')} CPU quota, busy neighbours`,
    whyNot: () => whyNoCgroup('cpu'),
  },
  relay: {
    how: () => "a relay for the node's TCP connections in the node's own namespace, led there by iptables",
    // It runs as a group of its own, by which the rules let its connections pass.
    whyNot: () => (process.getuid?.() === 0 ? null : 'root: a user has no second group'),
    tryOut: tryRelay,
  },
}

/** The reason why it cannot be done here; null if it can. */
export const whyNotHere = (capability: Capability): string | null => MEANS[capability].whyNot?.() ?? null

const examined = new Map<Capability, Promise<Examined>>()

const examine = async (capability: Capability): Promise<Examined> => {
  const { how, tryOut } = MEANS[capability]
  const why = whyNotHere(capability) ?? (await tryOut?.()) ?? null
  return { ok: why === null, note: why ?? how() }
}

/**
 * The same with the additional tests. It is examined once per OS process, since several environments use this machine.
 */
export const examineHere = (capability: Capability): Promise<Examined> => {
  const known = examined.get(capability) ?? examine(capability)
  examined.set(capability, known)
  return known
}
