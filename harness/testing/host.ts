/**
 * The parts of the host that a run must not change: clock, firewall, routes, queues, links and mounts. Other programs
 * use the machine at the same time, and Docker changes some of these whenever a container starts. So what belongs to
 * Docker's networks or to the folder of a run is ignored here. Leftovers of a run are found by its id (`leftovers.ts`).
 */
import crypto from 'node:crypto'
import fs from 'node:fs'
import { execaSync } from 'execa'

const lines = (command: string, args: readonly string[]): string[] => {
  const { exitCode, stdout } = execaSync(command, args, { reject: false })
  return exitCode === 0 ? stdout.split('\n').filter(Boolean).sort() : []
}

/** Lines about Docker: rules of its daemon, and bridges and links of its networks. */
const OF_DOCKER = /docker|DOCKER|\bbr-[0-9a-f]{12}|\bveth/
/** Lines about a run or a container. */
const OF_RUNS = /\/faultline|\/docker\/|faultline-/

const withoutDocker = (all: readonly string[]): readonly string[] =>
  all.filter((line) => !OF_DOCKER.test(line))

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

const TRIES = 20

/**
 * How many milliseconds the wall clock is ahead of the monotonic clock. It changes only if someone sets the clock. Takes
 * the fastest of several readings, since the process may be descheduled between reading the two clocks.
 */
export const wallClockOffsetMs = (): number => {
  const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6
  const readings = Array.from({ length: TRIES }, () => {
    const from = monotonicMs()
    const wall = Date.now()
    const to = monotonicMs()
    return { took: to - from, offset: wall - from }
  })
  return readings.reduce((best, each) => (each.took < best.took ? each : best)).offset
}

export interface HostBaseline {
  /** Each part as lines. A new or missing line is a change. */
  readonly parts: Readonly<Record<string, readonly string[]>>
  readonly wallClockOffsetMs: number
}

export const hostBaseline = (): HostBaseline => ({
  parts: {
    iptables: withoutDocker(lines('iptables-save', [])).filter((line) => !/^[#:]/.test(line)),
    routes: withoutDocker([...lines('ip', ['rule']), ...lines('ip', ['route'])]),
    queues: withoutDocker(lines('tc', ['qdisc'])),
    links: withoutDocker(lines('ip', ['-brief', 'link']).map((line) => line.split(/\s+/)[0] as string)),
    mounts: fs
      .readFileSync('/proc/self/mounts', 'latin1')
      .split('\n')
      .filter((line) => line !== '' && !OF_RUNS.test(line)),
    // Those that the kernel gives to this process and to its parent.
    clockFunctions: ['self', String(process.ppid)].map(clockFunctionsOf),
  },
  wallClockOffsetMs: wallClockOffsetMs(),
})

/** Time synchronisation sets the clock too, but by less. */
const MOST_CLOCK_STEP_MS = 1000

/** The changes since `before`, each as a sentence. */
export const hostChanges = (before: HostBaseline): readonly string[] => {
  const now = hostBaseline()
  const changes = Object.entries(before.parts).flatMap(([part, known]) => {
    const present = now.parts[part] as readonly string[]
    return [
      ...present.filter((line) => !known.includes(line)).map((line) => `new in ${part}: ${line}`),
      ...known.filter((line) => !present.includes(line)).map((line) => `gone from ${part}: ${line}`),
    ]
  })
  const stepMs = Math.abs(now.wallClockOffsetMs - before.wallClockOffsetMs)
  return stepMs < MOST_CLOCK_STEP_MS ? changes : [...changes, `the clock was moved by ${stepMs} ms`]
}
