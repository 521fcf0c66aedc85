/** What can be done to nodes on this machine, the same in every environment whose nodes are processes. */
import type { Capability } from '../api/environment.ts'
import { whyNoCgroup } from '../faults/cgroup.ts'
import { whyNoClock } from '../faults/clock/process-clock.ts'
import { whyNoDisk } from '../faults/disk/disk.ts'
import { whyNoIoLimit } from '../faults/io-limit.ts'
import { whyNoDetour } from '../faults/packet/detour.ts'

const POSSIBLE = (): null => null

const REASONS: Readonly<Record<Capability, () => string | null>> = {
  partition: POSSIBLE,
  kill: POSSIBLE,
  pause: POSSIBLE,
  freezer: () => whyNoCgroup('freezer'),
  clock: whyNoClock,
  disk: whyNoDisk,
  packet: whyNoDetour,
  io: whyNoIoLimit,
  memory: () => whyNoCgroup('memory'),
  cpu: () => whyNoCgroup('cpu'),
}

/** Why the fault cannot be made here; null where it can. */
export const whyNotHere = (fault: Capability): string | null => REASONS[fault]()
