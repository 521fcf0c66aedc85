/**
 * Rate limits of a disk by cgroup v1 (blkio.throttle), and a probe that is subject to them like the group's processes.
 */
import fs from 'node:fs'
import path from 'node:path'
import { execa } from 'execa'
import { whyNoCgroup, writeCgroup } from './cgroup.ts'
import { STATE_ROOT } from './journal.ts'

export interface IoLimit {
  /** For reads and for writes, each; null: no limit. */
  readonly operationsPerSecond: number | null
  readonly bytesPerSecond: number | null
}

export const NO_LIMIT: IoLimit = { operationsPerSecond: null, bytesPerSecond: null }

/** The value that the kernel reads as "no limit". */
const UNLIMITED = 0

/** `major:minor` of the whole disk that holds a path (partitions cannot be throttled); null if no disk holds it. */
export const diskUnder = (file: string): string | null => {
  let existing = file
  while (!fs.existsSync(existing)) existing = path.dirname(existing)
  const { dev } = fs.statSync(existing)
  const [major, minor] = [(dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00)]
  const device = `/sys/dev/block/${major}:${minor}`
  if (!fs.existsSync(device)) return null
  const ofDisk = fs.existsSync(`${device}/partition`) ? `${device}/../dev` : `${device}/dev`
  return fs.readFileSync(ofDisk, 'latin1').trim()
}

export const limitIo = (directory: string, disk: string, limit: IoLimit): void => {
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
export const PROBE_BYTES = 4096

/**
 * Writes a few blocks, each of them synced, from inside the group.
 *
 * @param directory of the group
 * @param file is created, written and removed
 * @returns milliseconds per write; null if the signal was aborted first
 */
export const probeWrites = async (
  directory: string,
  file: string,
  signal: AbortSignal,
): Promise<number | null> => {
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
