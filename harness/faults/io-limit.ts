/**
 * Rate limits of a node's disk by cgroup, and a probe that is subject to them like the node's processes.
 */
import fs from 'node:fs'
import path from 'node:path'
import { execa } from 'execa'
import type { IoGroup, IoLimit } from '../api/cgroup.ts'
import type { ClusterNode } from '../api/environment.ts'
import { whyNoCgroup } from './cgroup/groups.ts'
import { STATE_ROOT } from './journal.ts'

const NO_LIMIT: IoLimit = { operationsPerSecond: null, bytesPerSecond: null }

const existingAbove = (file: string): string => {
  let existing = file
  while (!fs.existsSync(existing)) existing = path.dirname(existing)
  return existing
}

/** `major:minor` of the whole disk that holds a path (partitions cannot be throttled); null if no disk holds it. */
const diskUnder = (file: string): string | null => {
  const { dev } = fs.statSync(existingAbove(file))
  const [major, minor] = [(dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00)]
  const device = `/sys/dev/block/${major}:${minor}`
  if (!fs.existsSync(device)) return null
  const ofDisk = fs.existsSync(`${device}/partition`) ? `${device}/../dev` : `${device}/dev`
  return fs.readFileSync(ofDisk, 'latin1').trim()
}

/** The file system that holds a path, by the longest mount point above it; empty if it cannot be told. */
const fileSystemOf = (file: string): string => {
  const above = existingAbove(file)
  const mounts = fs
    .readFileSync('/proc/self/mounts', 'latin1')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, point = '']) => above === point || above.startsWith(point === '/' ? '/' : `${point}/`))
  const longest = mounts.toSorted(([, a = ''], [, b = '']) => b.length - a.length)[0]
  return longest?.[2] ?? ''
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
  whyNoCgroup('io') ??
  (diskUnder(STATE_ROOT) === null
    ? `${STATE_ROOT} is on a file system (${fileSystemOf(STATE_ROOT)}) that belongs to no single disk, so the kernel cannot throttle it: mount a disk there`
    : null)

/** A synced write counts as slowed if it takes at least this many times as long as before. */
const SLOWED = 2
/** A busy machine needs seconds to start the probe. */
const PROBE_BEFORE_TIMEOUT_MS = 5000

/** The shortest time that a synced write of the probe can take under the limit, if nothing else in the group writes. */
const leastMs = ({ operationsPerSecond, bytesPerSecond }: IoLimit): number =>
  Math.max(
    operationsPerSecond === null ? 0 : 1000 / operationsPerSecond,
    bytesPerSecond === null ? 0 : (1000 * PROBE_BYTES) / bytesPerSecond,
  )

/**
 * The groups of the processes that write the node's data: first the server of its disk, if it has one, then the node.
 */
const groupsOf = ({ cgroups, disk }: ClusterNode): readonly IoGroup[] =>
  [disk?.cgroups.io, cgroups.io].filter((group) => group !== undefined)

const inWords = (ms: number | null): string => (ms === null ? 'not measured' : `${ms.toFixed(1)} ms`)

interface LimitedDisk {
  readonly node: string
  readonly groups: readonly IoGroup[]
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
    if (group === undefined || disk === null)
      throw new Error(`${node.name} has no cgroup that limits a disk, or no disk`)
    const file = path.join(path.dirname(node.hostDataDir), `${node.name}.probe`)
    const probe = (signal: AbortSignal): Promise<number | null> => probeWrites(group.beside, file, signal)
    const beforeMs = await probe(AbortSignal.timeout(PROBE_BEFORE_TIMEOUT_MS))
    return new NodeIoLimit({ node: node.name, groups, disk, limit, beforeMs }, probe)
  }

  #set(limit: IoLimit): void {
    for (const group of this.#limited.groups) group.limit(this.#limited.disk, limit)
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
