/** The harness killed at random moments of real runs: nothing may be left, and the history must be readable. */
import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { childrenOf } from '../../faults/proc.ts'
import { decodeHistory } from '../../history/jsonl.ts'
import type { FaultEvent } from '../../store/run-store.ts'
import { rngFromSeed } from '../../support/random.ts'
import { sleep, waitUntil } from '../../support/wait.ts'
import { describeWith, missingLinuxRoot, sized } from '../../testing/capabilities.ts'
import { faultline, start, temporaryFolder } from '../../testing/command.ts'
import { hostBaseline, leftovers } from '../../testing/host.ts'

const KILLS = sized(20, 60)
const DOCKER_KILLS = sized(4, 12)

const ARGS = [
  '-n',
  'partition,connection,kill,pause',
  '--nemesis-opts',
  'interval=1s,duration=700ms,pause.method=both,partition.flapping=100ms,kill.patterns=at-once+rolling+crash-loop',
  '--time-limit',
  '30s',
]

const historiesIn = (folder: string): string[] =>
  fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('history.jsonl'))
    .map((file) => path.join(folder, file))

const readHistory = (file: string): number =>
  decodeHistory(fs.readFileSync(file, 'utf8'), file).operations.length

/** Whom to kill: the supervisor the user sees, or the sandboxed controller below it. */
const victimOf = (supervisor: number, inner: boolean): number => {
  if (!inner) return supervisor
  let pid = supervisor
  // setpriv became unshare (or nsenter became node): the last in the line of first children is the controller.
  for (let depth = 0; depth < 2; depth++) {
    const children = childrenOf(pid).filter((child) =>
      fs.readFileSync(`/proc/${child}/cmdline`, 'latin1').includes('controller'),
    )
    pid = children[0] ?? pid
  }
  return pid
}

/** All nodes frozen for seconds: what is frozen does not die of SIGKILL. */
const FROZEN = [
  '-n',
  'pause',
  '--nemesis-opts',
  'method=freezer,patterns=stall,victims=all,interval=500ms,duration=15s',
  '--time-limit',
  '30s',
]

/** One fault of each nemesis, all in force together. */
const EVERY_FAULT = [
  '-n',
  'all',
  '--nemesis-opts',
  'interval=400ms,duration=12s,kill.victims=one,disk.victims=one,partition.shapes=one,pause.victims=one',
  '--time-limit',
  '30s',
]
/** A kill may come before a fault that takes its time to be made; so often at most it is tried. */
const MOST_KILLS = 14

/** Nemeses with a fault that was made and not healed, by what was written of it before the end. */
const nemesesInForce = (folder: string): readonly string[] => {
  const files = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const file = files.find((name) => name.endsWith('faults.jsonl'))
  if (file === undefined) return []
  const events = fs
    .readFileSync(path.join(folder, file), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as FaultEvent)
  const nemesisOf = new Map(
    events.flatMap((event) => (event.type === 'planned' ? [[event.fault.id, event.fault.nemesis]] : [])),
  )
  const ended = new Set(
    events.flatMap((event) => (event.type === 'healed' || event.type === 'failed' ? [event.id] : [])),
  )
  return [
    ...new Set(
      events.flatMap((event) =>
        event.type === 'injected' && !ended.has(event.id) ? [nemesisOf.get(event.id) as string] : [],
      ),
    ),
  ]
}

/** Every line is whole; and whose controller was killed says so, and what it undid. */
const expectLog = (file: string, controllerDied: boolean): void => {
  const lines = fs.readFileSync(file, 'utf8').trimEnd().split('\n')
  const log = lines.map((line) => JSON.parse(line) as { readonly event?: string })
  const events = log.map(({ event }) => event)
  expect(events).toContain('controller started')
  if (controllerDied) expect(events.slice(-3)).toEqual(['controller ended', 'journal undone', 'run ends'])
}

const killOnce = async (
  target: string,
  env: string,
  delayMs: number,
  inner: boolean,
  args: readonly string[] = ARGS,
): Promise<{ readonly operations: number; readonly inForce: readonly string[] }> => {
  using folder = temporaryFolder()
  const running = start(['run', target, '--env', env, ...args, '--out', folder.path])
  const pid = running.pid as number
  await sleep(delayMs)
  const victim = inner ? victimOf(pid, true) : pid
  process.kill(victim, 'SIGKILL')
  const { exitCode, signal } = (await running) as { exitCode?: number; signal?: string }
  // The supervisor outlives its controller, says so, and exits 254.
  if (victim === pid) expect(signal).toBe('SIGKILL')
  else expect(exitCode).toBe(254)
  const [file] = historiesIn(folder.path)
  if (file !== undefined) expectLog(path.join(path.dirname(file), 'harness.jsonl'), victim !== pid)
  return { operations: file === undefined ? 0 : readHistory(file), inForce: nemesesInForce(folder.path) }
}

describeWith(missingLinuxRoot(), 'SIGKILL in the middle of a run', () => {
  it(`${KILLS} times in namespaces, at random moments`, async () => {
    const before = hostBaseline()
    const rng = rngFromSeed(20)
    let withHistory = 0
    for (let i = 0; i < KILLS; i++) {
      const delayMs = 100 + rng.int(i % 4 === 0 ? 2000 : 6000)
      const { operations } = await killOnce('raft', 'namespaces', delayMs, i % 2 === 1)
      if (operations > 0) withHistory++
      expect(await leftovers(before), `kill ${i + 1} after ${delayMs} ms`).toEqual([])
    }
    expect(withHistory).toBeGreaterThan(KILLS / 3)
  })

  it(`${DOCKER_KILLS} times in docker`, async () => {
    const before = hostBaseline()
    const rng = rngFromSeed(21)
    for (let i = 0; i < DOCKER_KILLS; i++) {
      const delayMs = 500 + rng.int(7000)
      await killOnce('etcd', 'docker', delayMs, i % 2 === 1)
      expect(await leftovers(before), `kill ${i + 1} after ${delayMs} ms`).toEqual([])
    }
  })

  it.each([
    ['raft', 'namespaces', ['--target-opts', 'authority=true'], 13],
    ['etcd', 'docker', [], 11],
  ] as const)(
    'in the middle of each kind of fault, at least 5 times each: %s in %s',
    async (target, env, more, kinds) => {
      const before = hostBaseline()
      const counts = new Map<string, number>()
      const rng = rngFromSeed(22)
      const isEnough = (): boolean =>
        counts.size === kinds && [...counts.values()].every((count) => count >= 5)
      for (let i = 0; i < MOST_KILLS && !isEnough(); i++) {
        const args = [...more, ...EVERY_FAULT, '--seed', String(i)]
        const { inForce } = await killOnce(target, env, 7000 + rng.int(4000), i % 2 === 1, args)
        for (const nemesis of inForce) counts.set(nemesis, (counts.get(nemesis) ?? 0) + 1)
        expect(await leftovers(before), `kill ${i + 1}, with ${inForce.join(', ')} in force`).toEqual([])
      }
      expect(isEnough(), JSON.stringify([...counts])).toBe(true)
    },
  )

  it.each([
    ['raft', 'namespaces'],
    ['etcd', 'docker'],
  ])('while all nodes of %s are frozen (%s), supervisor and controller each', async (target, env) => {
    const before = hostBaseline()
    for (const inner of [false, true]) {
      await killOnce(target, env, 8000, inner, FROZEN)
      expect(await leftovers(before), inner ? 'controller' : 'supervisor').toEqual([])
    }
  })

  it('interrupted (SIGINT): the run ends early, takes everything down, and is unknown', async () => {
    using folder = temporaryFolder()
    const before = hostBaseline()
    const running = start(['run', 'raft', '--env', 'namespaces', ...ARGS, '--out', folder.path])
    await sleep(5000)
    running.kill('SIGINT')
    const { exitCode, stdout } = await running
    expect(stdout).toContain('the run was interrupted')
    expect(exitCode).toBe(2)
    expect(await leftovers(before)).toEqual([])
  })

  it('`clean` undoes what a dead run left, where the watchdog was killed too', async () => {
    using folder = temporaryFolder()
    const before = hostBaseline()
    const running = start(['run', 'raft', '--env', 'namespaces', ...ARGS, '--out', folder.path])
    await sleep(4000)
    const pid = running.pid as number
    const watchdog = childrenOf(pid).find((child) =>
      fs.readFileSync(`/proc/${child}/cmdline`, 'latin1').includes('watchdog'),
    )
    if (watchdog === undefined) throw new Error('no watchdog')
    process.kill(watchdog, 'SIGKILL')
    process.kill(pid, 'SIGKILL')
    await running
    await waitUntil(() => hostBaseline().processes.length <= before.processes.length, 5000, 100)
    expect(hostBaseline().state.length).toBeGreaterThan(before.state.length)
    const { stdout, exitCode } = await faultline(['clean'])
    expect(stdout).toContain('undone: ')
    expect(exitCode).toBe(0)
    expect(await leftovers(before)).toEqual([])
  })
})
