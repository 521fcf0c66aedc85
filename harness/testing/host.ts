/** What a run could leave behind on the host, as one comparable value. */
import crypto from 'node:crypto'
import fs from 'node:fs'
import { execaSync } from 'execa'
import { CONTROLLERS, controllerRoot } from '../faults/cgroup.ts'
import { STATE_ROOT } from '../faults/journal.ts'
import { waitUntil } from '../support/wait.ts'

const lines = (command: string, args: readonly string[]): string[] => {
  const { exitCode, stdout } = execaSync(command, args, { reject: false })
  return exitCode === 0 ? stdout.split('\n').filter(Boolean).sort() : []
}

const namesIn = (directory: string): string[] =>
  fs.existsSync(directory) ? fs.readdirSync(directory).sort() : []

interface Process {
  readonly name: string
  readonly network: string
  readonly mount: string
}

/** What only a run starts: by its command line, wherever it runs. */
const OURS = /harness\/|faultline|\betcd\b|sleep infinity|nsenter|unshare/

const pids = (): readonly string[] => fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))

const parentOf = (pid: string): string | null => {
  try {
    return /^PPid:\s*(\d+)$/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? null
  } catch {
    return null
  }
}

/**
 * Somebody else's on this machine: a descendant of a process that was there before, and neither of this one nor an
 * orphan.
 */
const isForeign = (pid: string, before: ReadonlySet<string>): boolean => {
  for (let parent = parentOf(pid); parent !== null && Number(parent) > 1; parent = parentOf(parent)) {
    if (parent === String(process.pid)) return false
    if (before.has(parent)) return true
  }
  return false
}

/**
 * Processes that can be ours, by pid: those of our command lines, and whatever lives in a namespace that is not
 * this process's own. Others on the machine come and go as they like.
 *
 * @param before processes whose new children are none of ours
 */
const processes = (before: ReadonlySet<string>): Map<string, Process> => {
  const found = new Map<string, Process>()
  const own = { network: fs.readlinkSync('/proc/self/ns/net'), mount: fs.readlinkSync('/proc/self/ns/mnt') }
  for (const pid of pids()) {
    if (!before.has(pid) && isForeign(pid, before)) continue
    try {
      const name = fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').trim()
      if (name === '' || name.includes('vitest') || name.includes('esbuild')) continue
      const network = fs.readlinkSync(`/proc/${pid}/ns/net`)
      const mount = fs.readlinkSync(`/proc/${pid}/ns/mnt`)
      const elsewhere = network !== own.network || mount !== own.mount
      if (elsewhere || OURS.test(name)) found.set(pid, { name, network, mount })
    } catch {
      // The process has ended in the meantime.
    }
  }
  return found
}

export interface HostBaseline {
  /** All pids. */
  readonly pids: readonly string[]
  readonly processes: readonly string[]
  readonly namespaces: readonly string[]
  readonly mounts: readonly string[]
  readonly iptables: readonly string[]
  /** Rules, routes and queues of the host's own network. */
  readonly routes: readonly string[]
  /** The clock functions that the kernel gives this process and its parent. */
  readonly clockFunctions: readonly string[]
  readonly links: readonly string[]
  readonly cgroups: readonly string[]
  readonly state: readonly string[]
  readonly containers: readonly string[]
  readonly networks: readonly string[]
}

/** A hash of the process's vDSO, which only a fault would change. */
const clockFunctionsOf = (pid: string): string => {
  const range = /^([0-9a-f]+)-([0-9a-f]+) .*\[vdso\]$/m.exec(fs.readFileSync(`/proc/${pid}/maps`, 'latin1'))
  if (range === null) return `${pid}: none`
  const [start, end] = range.slice(1).map((text) => Number.parseInt(text, 16)) as [number, number]
  const fd = fs.openSync(`/proc/${pid}/mem`, 'r')
  const image = Buffer.alloc(end - start)
  fs.readSync(fd, image, 0, image.length, start)
  fs.closeSync(fd)
  return `${pid}: ${crypto.createHash('sha256').update(image).digest('hex')}`
}

/**
 * Counters and what a daemon does by itself are left out: only what stands there counts.
 *
 * @param before all pids at an earlier time
 */
export const hostBaseline = (before: readonly string[] = []): HostBaseline => {
  const running = processes(new Set(before))
  return {
    pids: pids(),
    processes: [...running].map(([pid, { name }]) => `${pid} ${name}`).sort(),
    namespaces: [...new Set([...running.values()].flatMap(({ network, mount }) => [network, mount]))].sort(),
    mounts: fs
      .readFileSync('/proc/self/mounts', 'latin1')
      .split('\n')
      .filter((line) => line !== '' && !line.includes('/docker/'))
      .sort(),
    iptables: lines('iptables-save', []).filter((line) => !/^[#:]/.test(line)),
    routes: [...lines('ip', ['rule']), ...lines('ip', ['route']), ...lines('tc', ['qdisc'])],
    clockFunctions: ['self', String(process.ppid)].map(clockFunctionsOf),
    links: lines('ip', ['-brief', 'link']).map((line) => line.split(/\s+/)[0] as string),
    cgroups: CONTROLLERS.flatMap((controller) =>
      namesIn(controllerRoot(controller))
        .filter((name) => name.startsWith('faultline'))
        .map((name) => `${controller}/${name}`),
    ),
    state: namesIn(STATE_ROOT),
    containers: lines('docker', ['ps', '--all', '--format', '{{.Names}}']),
    networks: lines('docker', ['network', 'ls', '--format', '{{.Name}}']),
  }
}

/** How many milliseconds the wall clock is ahead of the monotonic clock. It changes only if someone sets the clock. */
export const wallClockOffsetMs = (): number => {
  const uptimeMs = Number(process.hrtime.bigint()) / 1e6
  return Date.now() - uptimeMs
}

const SETTLE_TIMEOUT_MS = 15_000

/** What is there now that was not there before, once things have settled; empty where nothing was left. */
export const leftovers = async (before: HostBaseline): Promise<readonly string[]> => {
  const difference = (): string[] => {
    const { pids: _, ...now } = hostBaseline(before.pids)
    return (Object.keys(now) as (keyof typeof now)[]).flatMap((part) => {
      const known = new Set(before[part])
      const added = now[part]
        .filter((entry) => !known.has(entry))
        .map((entry) => `left behind in ${part}: ${entry}`)
      const present = new Set(now[part])
      const shared =
        ['iptables', 'routes', 'clockFunctions'].includes(part) || part === 'links' || part === 'mounts'
      const removed = shared
        ? before[part].filter((entry) => !present.has(entry)).map((entry) => `gone from ${part}: ${entry}`)
        : []
      return [...added, ...removed]
    })
  }
  await waitUntil(() => difference().length === 0, SETTLE_TIMEOUT_MS, 200)
  return difference()
}
