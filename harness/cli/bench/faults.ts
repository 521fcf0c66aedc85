/**
 * The overhead of faults while they are in force: a clock call with a skew compared with one without, and our FUSE disk
 * compared with the raw one. Each is measured in its own child process. Ratios count.
 */

import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import readline from 'node:readline'
import { execa } from 'execa'
import { ProcessClock, whyNoClock } from '../../faults/clock/process-clock.ts'
import { mountDisk, whyNoDisk } from '../../faults/disk/disk.ts'

const ROUNDS = 5

/** Prints the ns per call of Date.now, one line per round. */
const CLOCK_SCRIPT = `
const calls = 3e6
setInterval(() => {
  const start = process.hrtime.bigint()
  let last = 0
  for (let i = 0; i < calls; i++) last = Date.now()
  console.log(Number(process.hrtime.bigint() - start) / calls, last)
}, 1)`

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number

const benchClock = async (): Promise<string> => {
  const why = whyNoClock()
  if (why !== null) return `clock      not possible here: ${why}\n`
  const child = spawn(process.execPath, ['-e', CLOCK_SCRIPT], { stdio: ['ignore', 'pipe', 'ignore'] })
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const measure = async (): Promise<number> => {
    // Skip the round under way and the first one, which is a warm-up.
    for (let i = 0; i < 2; i++) await lines.next()
    const rounds: number[] = []
    for (let i = 0; i < ROUNDS; i++) rounds.push(Number.parseFloat((await lines.next()).value as string))
    return median(rounds)
  }
  try {
    const plain = await measure()
    const clock = ProcessClock.attach(child.pid as number)
    clock.set({ offsetNs: 60_000_000_000n, sinceNs: 0n, ratePpm: 100 })
    const skewed = await measure()
    clock.detach()
    const healed = await measure()
    const ns = (value: number): string => `${value.toFixed(1)} ns`
    return `clock      ${ns(plain)} per call, skewed ${ns(skewed)} (${(skewed / plain).toFixed(2)}x), healed ${ns(healed)} (Date.now in Node)\n`
  } finally {
    child.kill('SIGKILL')
  }
}

/** `node -e ... <file> <what>`: prints appends per second, or megabytes per second for `write` and `read`. */
const DISK_SCRIPT = `
const fs = require('node:fs'), [, file, what] = process.argv, ms = 1500
const start = performance.now(), since = () => performance.now() - start
if (what === 'append') {
  const fd = fs.openSync(file, 'a'), page = Buffer.alloc(4096, 1)
  let n = 0
  while (since() < ms) { fs.writeSync(fd, page); fs.fdatasyncSync(fd); n++ }
  console.log(n * 1000 / since())
} else if (what === 'write') {
  const fd = fs.openSync(file, 'w'), chunk = Buffer.alloc(2 ** 20, 1)
  for (let i = 0; i < 128; i++) fs.writeSync(fd, chunk)
  fs.fsyncSync(fd)
  console.log(128 * 1000 / since())
} else {
  const chunk = Buffer.alloc(2 ** 20), fd = fs.openSync(file, 'r')
  let bytes = 0
  for (let n; (n = fs.readSync(fd, chunk)) > 0; ) bytes += n
  console.log(bytes / 2 ** 20 * 1000 / since())
}`

const onDisk = async (directory: string, what: string, writers: number): Promise<number> => {
  const each = Array.from({ length: writers }, (_, i) =>
    execa(process.execPath, [
      '-e',
      DISK_SCRIPT,
      path.join(directory, `${what === 'read' ? 'write' : what}-${i}`),
      what,
    ]),
  )
  return (await Promise.all(each)).reduce((sum, { stdout }) => sum + Number(stdout), 0)
}

const WORKLOADS = [
  { name: 'fsynced 4 KiB appends/s, 1 writer', what: 'append', writers: 1 },
  { name: 'fsynced 4 KiB appends/s, 4 writers', what: 'append', writers: 4 },
  { name: 'sequential write MB/s', what: 'write', writers: 1 },
  { name: 'sequential read MB/s', what: 'read', writers: 1 },
]

const benchDisk = async (): Promise<string> => {
  const why = whyNoDisk()
  if (why !== null) return `disk       not possible here: ${why}\n`
  // On a real disk, since a file system in memory has nothing to sync.
  const directory = fs.mkdtempSync('/var/tmp/faultline-bench-')
  const raw = path.join(directory, 'raw')
  fs.mkdirSync(raw)
  try {
    await using disk = await mountDisk({
      directory,
      durability: 'ext4',
      seed: 1,
      cgroup: 'faultline-bench-disk',
      journal: { record: () => {} },
    })
    let text = ''
    for (const { name, what, writers } of WORKLOADS) {
      const [plain, ours] = [await onDisk(raw, what, writers), await onDisk(disk.path, what, writers)]
      text += `disk       ${name}: ${Math.round(ours)}, raw ${Math.round(plain)} (${(ours / plain).toFixed(2)}x)\n`
    }
    return text
  } finally {
    fs.rmSync(directory, { recursive: true, force: true })
  }
}

export const benchFaults = async (): Promise<string> => (await benchClock()) + (await benchDisk())
