/** The wall clock of real programs moved under them: static Go, the JVM, Node, C, perl; neighbours and host see nothing. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import readline from 'node:readline'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { obtainProgram } from '../../environments/packages.ts'
import { sleep, waitUntil } from '../../support/wait.ts'
import { describeWith, missingLinuxRoot } from '../../testing/capabilities.ts'
import { hostTimeNs, ProcessClock } from './process-clock.ts'
import { NO_SKEW, type Skew } from './stub.ts'

/** Each prints its wall clock and its monotonic one, in milliseconds, about every 10 ms. */
const C = `
#include <stdio.h>
#include <time.h>
#include <sys/time.h>
int main() {
  for (;;) {
    struct timespec r, m, pause = {0, 10000000};
    struct timeval v;
    clock_gettime(CLOCK_REALTIME, &r);
    clock_gettime(CLOCK_MONOTONIC, &m);
    gettimeofday(&v, 0);
    printf("%.3f %.3f %.3f %ld\\n", r.tv_sec * 1e3 + r.tv_nsec / 1e6, m.tv_sec * 1e3 + m.tv_nsec / 1e6,
           v.tv_sec * 1e3 + v.tv_usec / 1e3, (long)time(0) * 1000);
    fflush(stdout);
    nanosleep(&pause, 0);
  }
}`
const JAVA = `
public class Clock {
  public static void main(String[] a) throws Exception {
    for (;;) {
      System.out.println(System.currentTimeMillis() + " " + System.nanoTime() / 1e6);
      System.out.flush();
      Thread.sleep(10);
    }
  }
}`
const NODE =
  'setInterval(() => console.log(performance.timeOrigin && Date.now(), Number(process.hrtime.bigint()) / 1e6), 10)'
const PERL =
  'use Time::HiRes qw(time clock_gettime CLOCK_MONOTONIC); $|=1; while(1){printf "%.3f %.3f\\n", time()*1e3, clock_gettime(CLOCK_MONOTONIC)*1e3; Time::HiRes::sleep(0.01)}'

interface Reading {
  readonly wallMs: number
  readonly monotonicMs: number
  readonly others: readonly number[]
  /** What this process's own clock said when the line arrived. */
  readonly arrivedMs: number
}

/** A program that tells the time, and the last thing it said. */
class Teller {
  readonly process: ChildProcess
  last: Reading | null = null

  constructor(command: string, args: readonly string[]) {
    this.process = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] })
    readline.createInterface({ input: this.process.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const [wallMs, monotonicMs, ...others] = line.split(' ').map(Number) as [number, number, ...number[]]
      this.last = { wallMs, monotonicMs, others, arrivedMs: Date.now() }
    })
  }

  get pid(): number {
    return this.process.pid as number
  }

  /** The line after next: begun after the call. */
  async read(): Promise<Reading> {
    for (let i = 0; i < 2; i++) {
      const before = this.last
      if (!(await waitUntil(() => this.last !== before, 10_000, 2)))
        throw new Error('it tells the time no more')
    }
    return this.last as Reading
  }

  /**
   * How far wall and monotonic clock are apart now against before: what the wall clock was moved by, whatever the
   * machine was busy with between the two.
   */
  async movedMs(before: Reading): Promise<number> {
    const now = await this.read()
    return now.wallMs - now.monotonicMs - (before.wallMs - before.monotonicMs)
  }
}

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
    '%s: sees what was asked within 1 ms, its monotonic clock and its neighbours nothing',
    async (name) => {
      const teller = tellers[name] as Teller
      const neighbours = Object.entries(tellers).filter(([other]) => other !== name)
      const before = await teller.read()
      const others = await Promise.all(neighbours.map(([, other]) => other.read()))
      const hostBefore = Date.now() - Number(process.hrtime.bigint()) / 1e6
      const clock = ProcessClock.attach(teller.pid)
      for (const offsetMs of [60_000, -3_600_000, 250]) {
        clock.set(by(offsetMs))
        expect(clock.offsetNs()).toBe(BigInt(offsetMs * 1e6))
        // Whole milliseconds are all that Java and Node print: one of rounding before, one after.
        const rounding = name === 'java' || name === 'node' ? 2 : 1
        expect(Math.abs((await teller.movedMs(before)) - offsetMs)).toBeLessThan(rounding)
      }
      for (const [i, [, other]] of neighbours.entries())
        expect(Math.abs(await other.movedMs(others[i] as Reading))).toBeLessThan(2)
      expect(Math.abs(Date.now() - Number(process.hrtime.bigint()) / 1e6 - hostBefore)).toBeLessThan(2)
      clock.detach()
      expect(Math.abs(await teller.movedMs(before))).toBeLessThan(2)
      // The monotonic clock went on as if nothing had been.
      const after = await teller.read()
      expect(after.monotonicMs).toBeGreaterThan(before.monotonicMs)
      expect(
        Math.abs(after.monotonicMs - before.monotonicMs - (after.arrivedMs - before.arrivedMs)),
      ).toBeLessThan(200)
    },
  )

  it('gettimeofday and time say the same as clock_gettime', async () => {
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

  it('etcd, a static Go program: the times in its log move, exactly', async () => {
    const etcd = await obtainProgram('etcd', 'etcd-server', () => {})
    const child = spawn(
      etcd,
      [
        '--data-dir',
        path.join(folder.path, 'etcd'),
        '--listen-client-urls',
        'http://127.0.0.1:42379',
        '--advertise-client-urls',
        'http://127.0.0.1:42379',
        '--listen-peer-urls',
        'http://127.0.0.1:42380',
        '--initial-advertise-peer-urls',
        'http://127.0.0.1:42380',
        '--initial-cluster',
        'default=http://127.0.0.1:42380',
        '--logger',
        'zap',
        '--log-outputs',
        'stderr',
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
    const lines: { atMs: number; saidMs: number; text: string }[] = []
    readline.createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) => {
      const ts = /"ts":"([^"]+)"/.exec(line)
      if (ts !== null) lines.push({ atMs: Date.now(), saidMs: Date.parse(ts[1] as string), text: line })
    })
    const serves = (): boolean => lines.some(({ text }) => text.includes('insecurely'))
    expect(await waitUntil(serves, 20_000, 20), lines.at(-1)?.text).toBe(true)
    expect(Math.abs((lines.at(-1)?.saidMs ?? 0) - (lines.at(-1)?.atMs ?? 0))).toBeLessThan(1000)
    const clock = ProcessClock.attach(child.pid as number)
    clock.set(by(-7_200_000))
    expect(clock.offsetNs()).toBe(-7_200_000n * 1_000_000n)
    const before = lines.length
    child.kill('SIGTERM')
    await once(child, 'exit')
    const said = lines.slice(before)
    expect(said.length).toBeGreaterThan(0)
    for (const { atMs, saidMs } of said) expect(Math.abs(saidMs - atMs + 7_200_000)).toBeLessThan(1000)
    clock.detach()
  })

  it('many changes under many threads: no value that was never set is ever seen', async () => {
    const script = `
      const { Worker, isMainThread } = require('node:worker_threads')
      if (isMainThread) { for (let i = 0; i < 3; i++) new Worker(__filename); setInterval(() => {}, 1000) }
      else {
        const bad = []
        let calls = 0
        const start = Date.now()
        const until = Number(process.hrtime.bigint() / 1000000n) + 4000
        for (;;) {
          const mono = Number(process.hrtime.bigint() / 1000000n)
          if (mono > until) break
          const offset = Date.now() - start - (mono - until + 4000)
          calls++
          if (!(Math.abs(offset) < 300 || Math.abs(offset - 50000) < 300 || Math.abs(offset + 50000) < 300)) bad.push(offset)
        }
        console.log(JSON.stringify({ calls, bad: bad.length, some: bad.slice(0, 3) }))
        process.exit()
      }`
    const file = path.join(folder.path, 'threads.cjs')
    fs.writeFileSync(file, script)
    const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] })
    const results: { calls: number; bad: number }[] = []
    readline
      .createInterface({ input: child.stdout as NodeJS.ReadableStream })
      .on('line', (line) => results.push(JSON.parse(line) as { calls: number; bad: number }))
    await sleep(500)
    let cycles = 0
    while (results.length < 3 && cycles < 5000) {
      const clock = ProcessClock.attach(child.pid as number)
      for (const offsetMs of [50_000, -50_000, 0]) clock.set(by(offsetMs))
      clock.detach()
      cycles++
      await sleep(5)
    }
    child.kill('SIGKILL')
    expect(cycles).toBeGreaterThan(50)
    for (const { calls, bad } of results) {
      expect(calls).toBeGreaterThan(10_000)
      expect(bad).toBe(0)
    }
  })
})

describe('what cannot be skewed', () => {
  it('a process that is gone: an error, not silence', () => {
    expect(() => ProcessClock.attach(2 ** 22 - 1)).toThrow('ENOENT')
  })
})
