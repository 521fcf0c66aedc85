/**
 * How late the machine itself was, once a second over the run: a machine that is slow makes a healthy cluster look slow.
 * Four measures, each as time lost:
 *
 * - a process that only sleeps, and says how late it woke up. It competes for the processors as the nodes do;
 * - the event loop of the controller;
 * - CPU pressure: the time in which some process waited for a processor (Linux, `Documentation/accounting/psi.rst`), and the
 *   share that a runnable thread then missed, from the number of runnable threads (proc(5), `/proc/loadavg`);
 * - steal: the time in which the hypervisor ran something else (proc(5), `/proc/stat`).
 */
import { type ChildProcess, spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import type { MachineSample, RunFacts } from '../api/record.ts'
import { LoadMeter } from './controller-load.ts'

const PERIOD_MS = 1000
const TICK_MS = 50

/** It ends with its standard input, so it cannot outlive the controller. */
const SLEEPER = `
process.stdin.on('end', () => process.exit()).resume()
let before = performance.now()
const tick = () => {
  const now = performance.now()
  process.stdout.write((now - before - ${TICK_MS}).toFixed(1) + '\\n')
  before = now
  setTimeout(tick, ${TICK_MS})
}
setTimeout(tick, ${TICK_MS})
`

interface Lateness {
  sumMs: number
  worstMs: number
}

const addTo = (late: Lateness, ms: number): void => {
  late.sumMs += Math.max(0, ms)
  late.worstMs = Math.max(late.worstMs, ms)
}

const readOrNull = (file: string): string | null => {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

/** Total time of CPU pressure since boot; null: the kernel does not tell. */
export const pressureMsIn = (text: string | null): number | null => {
  const total = /^some .*\btotal=(\d+)/m.exec(text ?? '')?.[1]
  return total === undefined ? null : Number(total) / 1000
}

/** Stolen time since boot, as an average of the processors; null: the kernel does not tell. */
export const stealMsIn = (text: string | null, processors: number): number | null => {
  const fields = /^cpu +(.*)$/m.exec(text ?? '')?.[1]?.split(' ')
  const ticks = fields?.[7]
  // Ticks are hundredths of a second on Linux (USER_HZ).
  return ticks === undefined ? null : (Number(ticks) * 10) / processors
}

/** The share of the processors that a runnable thread misses when all get an equal part; null: the kernel does not tell. */
export const missedShareIn = (text: string | null, processors: number): number | null => {
  const runnable = /^(?:\S+ ){3}(\d+)\//.exec(text ?? '')?.[1]
  return runnable === undefined ? null : Math.max(0, 1 - processors / Math.max(1, Number(runnable)))
}

interface Totals {
  readonly pressureMs: number | null
  readonly stealMs: number | null
}

const readTotals = (): Totals => ({
  pressureMs: pressureMsIn(readOrNull('/proc/pressure/cpu')),
  stealMs: stealMsIn(readOrNull('/proc/stat'), os.cpus().length),
})

const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length

const round = (ms: number): number => Math.round(ms * 10) / 10

const grown = (before: number | null, now: number | null): number | null =>
  before === null || now === null ? null : round(now - before)

export class MachineMonitor implements AsyncDisposable {
  readonly #clock: () => number
  readonly #record: (sample: MachineSample) => void
  readonly #sleeper: ChildProcess
  readonly #timers: readonly NodeJS.Timeout[]
  readonly #load = new LoadMeter()
  #asleep: Lateness | null = null
  #loop: Lateness = { sumMs: 0, worstMs: 0 }
  #lastTickMs = performance.now()
  #lastSampleNs: number
  #totals = readTotals()
  #missed: number[] = []

  constructor(clock: () => number, record: (sample: MachineSample) => void) {
    this.#clock = clock
    this.#record = record
    this.#lastSampleNs = clock()
    this.#sleeper = spawn(process.execPath, ['-e', SLEEPER], { stdio: ['pipe', 'pipe', 'ignore'] })
    // Without it, the other measures remain.
    this.#sleeper.on('error', () => {})
    this.#sleeper.stdin?.on('error', () => {})
    this.#sleeper.stdout?.on('data', (lines: Buffer) => this.#heard(lines.toString()))
    this.#timers = [setInterval(() => this.#tick(), TICK_MS), setInterval(() => this.#sample(), PERIOD_MS)]
  }

  #heard(lines: string): void {
    this.#asleep ??= { sumMs: 0, worstMs: 0 }
    for (const line of lines.split('\n')) if (line !== '') addTo(this.#asleep, Number(line))
  }

  #tick(): void {
    const nowMs = performance.now()
    addTo(this.#loop, nowMs - this.#lastTickMs - TICK_MS)
    this.#lastTickMs = nowMs
    const share = missedShareIn(readOrNull('/proc/loadavg'), os.availableParallelism())
    if (share !== null) this.#missed.push(share)
  }

  #sample(): void {
    const nowNs = this.#clock()
    const totals = readTotals()
    this.#record({
      timeNs: nowNs,
      periodMs: round((nowNs - this.#lastSampleNs) / 1e6),
      sleeperLateMs: this.#asleep === null ? null : round(this.#asleep.sumMs),
      sleeperWorstMs: this.#asleep === null ? null : round(this.#asleep.worstMs),
      loopLateMs: round(this.#loop.sumMs),
      pressureMs: grown(this.#totals.pressureMs, totals.pressureMs),
      missedShare: this.#missed.length === 0 ? null : Math.round(meanOf(this.#missed) * 100) / 100,
      stealMs: grown(this.#totals.stealMs, totals.stealMs),
      controller: this.#load.next(),
    })
    this.#lastSampleNs = nowNs
    this.#totals = totals
    this.#missed = []
    this.#asleep = null
    this.#loop = { sumMs: 0, worstMs: 0 }
  }

  /** By how much the event loop was late, since the monitor was made. */
  delays(): RunFacts['eventLoopDelayMs'] {
    return this.#load.delays()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    this.#sample()
    this.#load[Symbol.dispose]()
    this.#sleeper.kill('SIGKILL')
  }
}
