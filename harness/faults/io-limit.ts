/**
 * Rate limits of a node's disk by cgroup v1 (blkio.throttle), and a probe that is subject to them like the node's processes.
 */
import fs from 'node:fs'
import path from 'node:path'
import { execa } from 'execa'
import type { ClusterNode } from '../api/environment.ts'
import { whyNoCgroup, writeCgroup } from './cgroup.ts'
import { STATE_ROOT } from './journal.ts'

interface IoLimit {
  /** For reads and for writes, each; null: no limit. */
  readonly operationsPerSecond: number | null
  readonly bytesPerSecond: number | null
}

const NO_LIMIT: IoLimit = { operationsPerSecond: null, bytesPerSecond: null }

/** The value that the kernel reads as "no limit". */
const UNLIMITED = 0

/** `major:minor` of the whole disk that holds a path (partitions cannot be throttled); null if no disk holds it. */
const diskUnder = (file: string): string | null => {
  let existing = file
  while (!fs.existsSync(existing)) existing = path.dirname(existing)
  const { dev } = fs.statSync(existing)
  const [major, minor] = [(dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00)]
  const device = `/sys/dev/block/${major}:${minor}`
  if (!fs.existsSync(device)) return null
  const ofDisk = fs.existsSync(`${device}/partition`) ? `${device}/../dev` : `${device}/dev`
  return fs.readFileSync(ofDisk, 'latin1').trim()
}

const limitGroup = (directory: string, disk: string, limit: IoLimit): void => {
  for (const way of ['read', 'write']) {
    writeCgroup(
      directory,
      `blkio.throttle.${way}_iops_device`,
      `${disk} ${limit.operationsPerSecond ?? UNLIMITED}`,
    )
    writeCgroup(directory, `blkio.throttle.${way}_bps_device`, `${disk} ${limit.bytesPerSecond ?? UNLIMITED}`)
  }
}

/** Enough writes to distinguish a limit from none, but few, since the node waits in the same queue. */
const PROBE_WRITES = 4
const PROBE_BYTES = 4096

/**
 * Writes a few blocks, each of them synced, from inside the group.
 *
 * @param directory of the group
 * @param file is created, written and removed
 * @returns milliseconds per write; null if the signal was aborted first
 */
const probeWrites = async (directory: string, file: string, signal: AbortSignal): Promise<number | null> => {
  const dd = `dd if=/dev/zero of="$2" bs=${PROBE_BYTES} count=${PROBE_WRITES} oflag=dsync`
  const script = `echo $$ > "$1/cgroup.procs" && exec ${dd}`
  const result = await execa(
    'setpriv',
    ['--pdeathsig', 'KILL', '--', 'sh', '-c', script, 'sh', directory, file],
    {
      cancelSignal: signal,
      forceKillAfterDelay: false,
      killSignal: 'SIGKILL',
      reject: false,
      env: { LC_ALL: 'C' },
    },
  )
  fs.rmSync(file, { force: true })
  if (result.isCanceled) return null
  const seconds = / copied, ([\d.e-]+) s,/.exec(result.stderr)?.[1]
  if (seconds === undefined)
    throw new Error(`the probe of ${directory} could not write ${file}: ${result.stderr}`)
  return (Number(seconds) * 1000) / PROBE_WRITES
}

/** The reason why a disk's rate cannot be limited here; null if it can. */
export const whyNoIoLimit = (): string | null =>
  whyNoCgroup('blkio') ??
  (diskUnder(STATE_ROOT) === null ? `${STATE_ROOT} is not on a disk that the kernel can throttle` : null)

/** A synced write counts as slowed if it takes at least this many times as long as before. */
const SLOWED = 2
const PROBE_BEFORE_TIMEOUT_MS = 2000

/** The shortest time that a synced write of the probe can take under the limit, if nothing else in the group writes. */
const leastMs = ({ operationsPerSecond, bytesPerSecond }: IoLimit): number =>
  Math.max(
    operationsPerSecond === null ? 0 : 1000 / operationsPerSecond,
    bytesPerSecond === null ? 0 : (1000 * PROBE_BYTES) / bytesPerSecond,
  )

/**
 * The groups of the processes that write the node's data: first the server of its disk, if it has one, then the node.
 */
const groupsOf = ({ cgroups, disk }: ClusterNode): readonly string[] =>
  [disk?.cgroups.blkio, cgroups.blkio].filter((group) => group !== undefined)

const inWords = (ms: number | null): string => (ms === null ? 'not measured' : `${ms.toFixed(1)} ms`)

interface LimitedDisk {
  readonly node: string
  readonly groups: readonly string[]
  readonly disk: string
  readonly limit: IoLimit
  /** Milliseconds per synced write before the limit; null: not measured. */
  readonly beforeMs: number | null
}

/** A limit on a node's disk, with a probe before it and another while it is in force. */
export class NodeIoLimit {
  readonly #limited: LimitedDisk
  readonly #stopProbe = new AbortController()
  readonly #probed: Promise<void>
  #duringMs: number | null = null

  private constructor(limited: LimitedDisk, probe: (signal: AbortSignal) => Promise<number | null>) {
    this.#limited = limited
    this.#set(limited.limit)
    this.#probed = probe(this.#stopProbe.signal).then((ms) => {
      this.#duringMs = ms
    })
  }

  /** Resolves once the limit is set. The second probe continues in the background. */
  static async set(node: ClusterNode, limit: IoLimit): Promise<NodeIoLimit> {
    const groups = groupsOf(node)
    const [group] = groups
    const disk = diskUnder(node.hostDataDir)
    if (group === undefined || disk === null) throw new Error(`${node.name} has no blkio cgroup, or no disk`)
    const file = path.join(path.dirname(node.hostDataDir), `${node.name}.probe`)
    const probe = (signal: AbortSignal): Promise<number | null> => probeWrites(group, file, signal)
    const beforeMs = await probe(AbortSignal.timeout(PROBE_BEFORE_TIMEOUT_MS))
    return new NodeIoLimit({ node: node.name, groups, disk, limit, beforeMs }, probe)
  }

  #set(limit: IoLimit): void {
    for (const group of this.#limited.groups) limitGroup(group, this.#limited.disk, limit)
  }

  get beforeMs(): number | null {
    return this.#limited.beforeMs
  }

  /** Milliseconds per synced write under the limit; null while the probe runs, or if it did not end in time. */
  get duringMs(): number | null {
    return this.#duringMs
  }

  get isSlowed(): boolean {
    const { beforeMs, duringMs } = this
    if (beforeMs === null || duringMs === null) return false
    return duringMs > SLOWED * beforeMs && duringMs > leastMs(this.#limited.limit) / 2
  }

  toString(): string {
    return `${this.#limited.node}: a synced write ${inWords(this.beforeMs)} before, ${inWords(this.duringMs)} during`
  }

  async lift(): Promise<void> {
    this.#stopProbe.abort()
    this.#set(NO_LIMIT)
    await this.#probed
  }
}
