/** The registry of nemeses: name to value. */
import type { Nemesis } from '../harness/api/nemesis.ts'
import { adversary } from './adversary.ts'
import { byzantine } from './byzantine.ts'
import { clock } from './clock.ts'
import { connection } from './connection.ts'
import { cpu } from './cpu.ts'
import { dependency } from './dependency.ts'
import { disk } from './disk.ts'
import { io } from './io.ts'
import { kill } from './kill.ts'
import { membership } from './membership.ts'
import { memory } from './memory.ts'
import { packet } from './packet.ts'
import { partition } from './partition.ts'
import { pause } from './pause.ts'
import { upgrade } from './upgrade.ts'

export const nemeses: Readonly<Record<string, Nemesis>> = {
  partition,
  packet,
  connection,
  kill,
  pause,
  clock,
  disk,
  io,
  memory,
  membership,
  upgrade,
  dependency,
  cpu,
  adversary,
  byzantine,
}
