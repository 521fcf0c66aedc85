/**
 * Moves the wall clock of real programs (static Go, the JVM, Node, C, Perl). Their neighbours and the host see no
 * change.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import readline from 'node:readline'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { obtainProgram } from '../../environments/programs/obtain.ts'
import { sleep, waitUntil } from '../../support/wait.ts'
import { describeWith, missingLinuxRoot } from '../../testing/capabilities.ts'
import { wallClockOffsetMs } from '../../testing/host.ts'
import { hostTimeNs, ProcessClock } from './process-clock.ts'
import { NO_SKEW, type Skew } from './stub.ts'

/**
 * Each program prints its monotonic clock, its wall clock, and its monotonic clock again, in milliseconds, about every
 * 10 ms. The C program also prints the results of other functions for the wall clock.
 */
const C = `
#include <stdio.h>
#include <time.h>
#include <sys/time.h>
int main() {
  for (;;) {
    struct timespec r, m, n, pause = {0, 10000000};
    struct timeval v;
    clock_gettime(CLOCK_MONOTONIC, &m);
    clock_gettime(CLOCK_REALTIME, &r);
    gettimeofday(&v, 0);
    long t = (long)time(0);
    clock_gettime(CLOCK_MONOTONIC, &n);
    printf("%.6f %.6f %.6f %.3f %ld\\n", m.tv_sec * 1e3 + m.tv_nsec / 1e6, r.tv_sec * 1e3 + r.tv_nsec / 1e6,
           n.tv_sec * 1e3 + n.tv_nsec / 1e6, v.tv_sec * 1e3 + v.tv_usec / 1e3, t * 1000);
    fflush(stdout);
    nanosleep(&pause, 0);
  }
}`
const JAVA = `
public class Clock {
  public static void main(String[] a) throws Exception {
    for (;;) {
      double before = System.nanoTime() / 1e6;
      long wall = System.currentTimeMillis();
      double after = System.nanoTime() / 1e6;
      System.out.println(before + " " + wall + " " + after);
      System.out.flush();
      Thread.sleep(10);
    }
  }
}`
const NODE = `const monotonic = () => Number(process.hrtime.bigint()) / 1e6
setInterval(() => console.log(monotonic(), Date.now(), monotonic()), 10)`
const PERL = `use Time::HiRes qw(time clock_gettime CLOCK_MONOTONIC); $|=1;
while (1) {
  my ($before, $wall, $after) = (clock_gettime(CLOCK_MONOTONIC), time(), clock_gettime(CLOCK_MONOTONIC));
  printf "%.6f %.6f %.6f\\n", $before * 1e3, $wall * 1e3, $after * 1e3;
  Time::HiRes::sleep(0.01);
}`

/** The monotonic clock, which all processes share. */
const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6

/** A reading that took longer was descheduled in between, so the two clocks cannot be compared. */
const MOST_READING_MS = 0.25
/** Only a guard against hanging. */
const TIMEOUT_MS = 60_000

interface Reading {
  readonly wallMs: number
  readonly monotonicMs: number
  readonly others: readonly number[]
  /** The monotonic clock when the reading was requested, and when it arrived. */
  readonly askedMs: number
  readonly arrivedMs: number
}

/** A program that prints the time. */
class Teller {
  readonly process: ChildProcess
  #last: Omit<Reading, 'askedMs'> | null = null

  constructor(command: string, args: readonly string[]) {
    this.process = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] })
    readline.createInterface({ input: this.process.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const [before, wallMs, after, ...others] = line.split(' ').map(Number) as [
        number,
        number,
        number,
        ...number[],
      ]
      const isQuick = after - before < MOST_READING_MS
      this.#last = isQuick ? { wallMs, monotonicMs: before, others, arrivedMs: monotonicMs() } : null
    })
  }

  get pid(): number {
    return this.process.pid as number
  }

  /**
   * The first quick reading that was begun after the call, by the clock that all processes share. Lines do not tell: on a
   * busy machine several may be waiting in the pipe.
   */
  async read(): Promise<Reading> {
    const askedMs = monotonicMs()
    const isNew = (): boolean => this.#last !== null && this.#last.monotonicMs >= askedMs
    if (!(await waitUntil(isNew, TIMEOUT_MS, 2))) throw new Error('the program has stopped printing the time')
    return { askedMs, ...(this.#last as Omit<Reading, 'askedMs'>) }
  }

  /**
   * How much the difference between wall clock and monotonic clock has changed since `before`. That is what the wall
   * clock was moved by, however busy the machine was in between.
   */
  async movedMs(before: Reading): Promise<number> {
    const now = await this.read()
    return now.wallMs - now.monotonicMs - (before.wallMs - before.monotonicMs)
  }
}

const CYCLES = 100

const by = (offsetMs: number): Skew => ({ ...NO_SKEW, offsetNs: BigInt(offsetMs * 1e6) })

describeWith(missingLinuxRoot(), "a process's wall clock", () => {
  const folder = { path: fs.mkdtempSync(path.join(os.tmpdir(), 'faultline-clock-')) }
  const tellers: Record<string, Teller> = {}
  const programs = ['c', 'static c', 'java', 'node', 'perl']

  beforeAll(async () => {
    const source = path.join(folder.path, 'clock.c')
    fs.writeFileSync(source, C)
    fs.writeFileSync(path.join(folder.path, 'Clock.java'), JAVA)
    const compiler = await obtainProgram('gcc', 'gcc', () => {})
    const java = await obtainProgram('java', 'openjdk-17-jdk-headless', () => {})
    await execa(compiler, ['-o', path.join(folder.path, 'c'), source])
    await execa(compiler, ['-static', '-o', path.join(folder.path, 'static'), source])
    tellers.c = new Teller(path.join(folder.path, 'c'), [])
    tellers['static c'] = new Teller(path.join(folder.path, 'static'), [])
    tellers.java = new Teller(java, [path.join(folder.path, 'Clock.java')])
    tellers.node = new Teller(process.execPath, ['-e', NODE])
    tellers.perl = new Teller('perl', ['-e', PERL])
    for (const teller of Object.values(tellers)) await teller.read()
  })
  afterAll(() => {
    for (const { process } of Object.values(tellers)) process.kill('SIGKILL')
    fs.rmSync(folder.path, { recursive: true, force: true })
  })

  it.each(programs)(
    '%s: its wall clock moves as requested within 1 ms; its monotonic clock and its neighbours do not change',
    async (name) => {
      const teller = tellers[name] as Teller
      const neighbours = Object.entries(tellers).filter(([other]) => other !== name)
      const before = await teller.read()
      const others = await Promise.all(neighbours.map(([, other]) => other.read()))
      const hostBefore = wallClockOffsetMs()
      const clock = ProcessClock.attach(teller.pid)
      for (const offsetMs of [60_000, -3_600_000, 250]) {
        clock.set(by(offsetMs))
        expect(clock.offsetNs()).toBe(BigInt(offsetMs * 1e6))
        // Java and Node print whole milliseconds only: one of rounding before, one after.
        const rounding = name === 'java' || name === 'node' ? 2 : 1
        expect(Math.abs((await teller.movedMs(before)) - offsetMs)).toBeLessThan(rounding)
      }
      for (const [i, [, other]] of neighbours.entries())
        expect(Math.abs(await other.movedMs(others[i] as Reading))).toBeLessThan(2)
      expect(Math.abs(wallClockOffsetMs() - hostBefore)).toBeLessThan(2)
      clock.detach()
      expect(Math.abs(await teller.movedMs(before))).toBeLessThan(2)
      // The monotonic clock continued undisturbed: it is the same as ours, or no reading would be new.
      const after = await teller.read()
      expect(after.monotonicMs).toBeLessThanOrEqual(after.arrivedMs)
    },
  )

  it('gettimeofday and time agree with clock_gettime', async () => {
    const teller = tellers.c as Teller
    const clock = ProcessClock.attach(teller.pid)
    clock.set(by(86_400_000))
    const { wallMs, others } = await teller.read()
    expect(Math.abs((others[0] as number) - wallMs)).toBeLessThan(5)
    expect(Math.abs((others[1] as number) - wallMs)).toBeLessThan(1005)
    clock.detach()
  })

  it('drifts, and stands still', async () => {
    const teller = tellers.perl as Teller
    const clock = ProcessClock.attach(teller.pid)
    const rateOf = async (ratePpm: number): Promise<number> => {
      clock.set({ offsetNs: 0n, sinceNs: hostTimeNs(), ratePpm })
      const first = await teller.read()
      await sleep(1000)
      const second = await teller.read()
      return (second.wallMs - first.wallMs) / (second.monotonicMs - first.monotonicMs)
    }
    expect(await rateOf(500_000)).toBeCloseTo(1.5, 2)
    expect(await rateOf(-500_000)).toBeCloseTo(0.5, 2)
    expect(await rateOf(-1_000_000)).toBeCloseTo(0, 5)
    clock.detach()
  })

  const freePort = async (): Promise<number> => {
    const server = net.createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as net.AddressInfo
    server.close()
    return port
  }

  it('etcd, a static Go program: the times in its log move by the exact offset', async () => {
    const etcd = await obtainProgram('etcd', 'etcd-server', () => {})
    const [clients, peers] = [await freePort(), await freePort()].map((port) => `http://127.0.0.1:${port}`)
    const startedMs = Date.now()
    const child = spawn(
      etcd,
      [
        ...['--data-dir', path.join(folder.path, 'etcd')],
        ...['--listen-client-urls', `${clients}`, '--advertise-client-urls', `${clients}`],
        ...['--listen-peer-urls', `${peers}`, '--initial-advertise-peer-urls', `${peers}`],
        ...['--initial-cluster', `default=${peers}`, '--logger', 'zap', '--log-outputs', 'stderr'],
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
    const lines: { arrivedMs: number; loggedMs: number; text: string }[] = []
    readline.createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) => {
      const ts = /"ts":"([^"]+)"/.exec(line)
      if (ts !== null)
        lines.push({ arrivedMs: Date.now(), loggedMs: Date.parse(ts[1] as string), text: line })
    })
    const serves = (): boolean => lines.some(({ text }) => text.includes('insecurely'))
    expect(await waitUntil(serves, TIMEOUT_MS, 20), lines.at(-1)?.text).toBe(true)
    for (const { loggedMs, arrivedMs } of lines) {
      expect(loggedMs).toBeGreaterThanOrEqual(startedMs)
      expect(loggedMs).toBeLessThanOrEqual(arrivedMs)
    }
    const clock = ProcessClock.attach(child.pid as number)
    const offsetMs = -7_200_000
    clock.set(by(offsetMs))
    expect(clock.offsetNs()).toBe(BigInt(offsetMs) * 1_000_000n)
    const before = lines.length
    const killedMs = Date.now()
    child.kill('SIGTERM')
    await once(child, 'exit')
    const afterwards = lines.slice(before).filter(({ text }) => text.includes('signal'))
    expect(afterwards.length).toBeGreaterThan(0)
    for (const { arrivedMs, loggedMs } of afterwards) {
      expect(loggedMs - offsetMs).toBeGreaterThanOrEqual(killedMs)
      expect(loggedMs - offsetMs).toBeLessThanOrEqual(arrivedMs)
    }
    clock.detach()
  })

  it('many changes under many threads: only values that were set are ever seen', async () => {
    const script = `
      const { Worker, isMainThread, workerData } = require('node:worker_threads')
      const monotonic = () => Number(process.hrtime.bigint()) / 1e6
      if (isMainThread) {
        const over = new Int32Array(new SharedArrayBuffer(4))
        for (let i = 0; i < 3; i++) new Worker(__filename, { workerData: over })
        process.stdin.on('end', () => Atomics.store(over, 0, 1)).resume()
      } else {
        const bad = []
        let calls = 0
        let apart = 0
        let asked = 0
        // Again, if it was descheduled between the two clocks.
        do {
          asked = monotonic()
          apart = Date.now() - asked
        } while (monotonic() - asked > 100)
        console.log('knows how far its clocks are apart')
        while (Atomics.load(workerData, 0) === 0) {
          const before = monotonic()
          const wall = Date.now()
          // The process was descheduled between reading the two clocks.
          if (monotonic() - before > 100) continue
          calls++
          const offset = wall - before - apart
          if (![0, 50000, -50000].some((set) => Math.abs(offset - set) < 300)) bad.push(offset)
        }
        console.log(JSON.stringify({ calls, bad: bad.length, some: bad.slice(0, 3) }))
      }`
    const file = path.join(folder.path, 'threads.cjs')
    fs.writeFileSync(file, script)
    const child = spawn(process.execPath, [file], { stdio: ['pipe', 'pipe', 'inherit'] })
    const said: string[] = []
    readline.createInterface({ input: child.stdout }).on('line', (line) => said.push(line))
    expect(await waitUntil(() => said.length === 3, TIMEOUT_MS, 10)).toBe(true)
    for (let cycle = 0; cycle < CYCLES; cycle++) {
      const clock = ProcessClock.attach(child.pid as number)
      for (const offsetMs of [50_000, -50_000, 0]) clock.set(by(offsetMs))
      clock.detach()
      await sleep(5)
    }
    child.stdin.end()
    await once(child, 'exit')
    const results = said.slice(3).map((line) => JSON.parse(line) as { calls: number; bad: number })
    expect(results).toHaveLength(3)
    for (const { calls, bad } of results) {
      expect(calls).toBeGreaterThan(10_000)
      expect(bad).toBe(0)
    }
  })
})

describe('what cannot be skewed', () => {
  it('a process that is gone: an error is thrown', () => {
    expect(() => ProcessClock.attach(2 ** 22 - 1)).toThrow('ENOENT')
  })
})
