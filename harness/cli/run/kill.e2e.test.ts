/** Kills the harness at random moments of real runs: nothing may be left, and the history must be readable. */
import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import type { FaultEvent } from '../../api/record.ts'
import { stateDirOf } from '../../faults/journal.ts'
import { childrenOf, controllerAt } from '../../faults/proc.ts'
import { decodeHistory } from '../../history/jsonl.ts'
import { rngFromSeed } from '../../support/random.ts'
import { sleep, waitUntil } from '../../support/wait.ts'
import { describeWith, isFull, missingLinuxRoot, sized } from '../../testing/capabilities.ts'
import { faultline, start, temporaryFolder } from '../../testing/command.ts'
import { type HostBaseline, hostBaseline } from '../../testing/host.ts'
import { leftovers, processesOf, runIdsOf } from '../../testing/leftovers.ts'

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
  decodeHistory([fs.readFileSync(file)], { name: file }).history.length

/** The process to kill: the supervisor that the user started, or its sandboxed controller. */
const victimOf = (supervisor: number, inner: boolean): number => {
  if (!inner) return supervisor
  const started = childrenOf(supervisor).find((child) =>
    fs.readFileSync(`/proc/${child}/cmdline`, 'latin1').includes('controller'),
  )
  return started === undefined ? supervisor : (controllerAt(started) ?? started)
}

/** All nodes are frozen for longer than the test waits: a frozen process does not die of SIGKILL. */
const FROZEN = [
  '-n',
  'pause',
  '--nemesis-opts',
  'method=freezer,patterns=stall,victims=all,interval=500ms,duration=60s',
  '--time-limit',
  '120s',
]

/** The traitor's connections go through a process of ours in its network namespace. */
const LYING = ['-n', 'byzantine', '--nemesis-opts', 'interval=500ms,duration=60s', '--time-limit', '120s']

/** One fault of each nemesis, all in force together. */
const EVERY_FAULT = [
  '-n',
  'all',
  '--nemesis-opts',
  'interval=400ms,duration=60s,kill.victims=one,disk.victims=one,partition.shapes=one,pause.victims=one',
  '--time-limit',
  '120s',
]
/** Packets are refused, so the tap listens to the firewall as well. */
const CAPTURED = [
  '--capture',
  '-n',
  'partition,connection',
  '--nemesis-opts',
  'interval=500ms,duration=500ms',
  '--time-limit',
  '5s',
]
/** Each kind of fault must have been in force at least this often. */
const KILLS_A_KIND = 5
/** Maximum number of kills: the injection of a fault may take long, or fail. */
const MOST_KILLS = 10
/** Guards against hanging. */
const MOMENT_TIMEOUT_MS = 90_000

/** Nemeses with a fault that was injected and not healed, according to the file so far. */
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

/** Every line is complete. If the controller was killed, the log says so, and what was undone. */
const expectLog = (file: string, controllerDied: boolean): void => {
  const lines = fs.readFileSync(file, 'utf8').trimEnd().split('\n')
  const log = lines.map((line) => JSON.parse(line) as { readonly event?: string })
  const events = log.map(({ event }) => event)
  expect(events).toContain('controller started')
  if (controllerDied) expect(events.slice(-3)).toEqual(['controller ended', 'journal undone', 'run ends'])
}

/** Resolves when the run is to be killed. `isOver`: the run has ended by itself. */
type Moment = (folder: string, isOver: () => boolean) => Promise<unknown>

const after =
  (ms: number): Moment =>
  () =>
    sleep(ms)

const onceInForce =
  (kinds: number): Moment =>
  (folder, isOver) =>
    waitUntil(() => isOver() || nemesesInForce(folder).length >= kinds, MOMENT_TIMEOUT_MS, 50)

const onceWritten: Moment = (folder, isOver) => {
  const isWritten = (): boolean => historiesIn(folder).some((file) => fs.statSync(file).size > 10_000)
  return waitUntil(() => isOver() || isWritten(), MOMENT_TIMEOUT_MS, 50)
}

/** The tap has begun its second file. */
const onceSpooled: Moment = (folder, isOver) => {
  const filesOf = (id: string): number => {
    const spool = path.join(stateDirOf(id), 'capture')
    return fs.existsSync(spool) ? fs.readdirSync(spool).length : 0
  }
  const isSpooled = (): boolean => runIdsOf({ folder }).some((id) => filesOf(id) > 1)
  return waitUntil(() => isOver() || isSpooled(), MOMENT_TIMEOUT_MS, 50)
}

/** What the run was is on disk; its messages are read next. */
const onceRunIsOver: Moment = (folder, isOver) => {
  const isWritten = (): boolean =>
    fs
      .readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => path.basename(file) === 'run.json')
      .some((file) => fs.readFileSync(path.join(folder, file), 'utf8').includes('"endedAt"'))
  return waitUntil(() => isOver() || isWritten(), MOMENT_TIMEOUT_MS, 5)
}

interface Killed {
  readonly operations: number
  readonly inForce: readonly string[]
  readonly left: readonly string[]
}

/** @param inner whether the sandboxed controller is killed, or the supervisor */
const kill = async (
  before: HostBaseline,
  args: readonly string[],
  inner: boolean,
  moment: Moment,
): Promise<Killed> => {
  using folder = temporaryFolder()
  const running = start(['run', ...args, '--out', folder.path])
  const pid = running.pid as number
  let isOver = false
  running.once('exit', () => {
    isOver = true
  })
  await moment(folder.path, () => isOver)
  if (isOver) throw new Error(`the run ended before it could be killed: ${(await running).stderr}`)
  const victim = inner ? victimOf(pid, true) : pid
  process.kill(victim, 'SIGKILL')
  const { exitCode, signal } = (await running) as { exitCode?: number; signal?: string }
  // The supervisor outlives its controller, reports the kill, and exits with 254.
  if (victim === pid) expect(signal).toBe('SIGKILL')
  else expect(exitCode).toBe(254)
  const [file] = historiesIn(folder.path)
  if (file !== undefined) expectLog(path.join(path.dirname(file), 'harness.jsonl'), victim !== pid)
  return {
    operations: file === undefined ? 0 : readHistory(file),
    inForce: nemesesInForce(folder.path),
    left: await leftovers(before, { folder: folder.path, supervisors: [pid] }),
  }
}

const RAFT = ['raft', '--env', 'namespaces']
const ETCD = ['etcd', '--env', 'docker']
const IN_NAMESPACES = ['raft in namespaces', RAFT] as const
const PLACES = isFull ? ([IN_NAMESPACES, ['etcd in docker', ETCD]] as const) : ([IN_NAMESPACES] as const)

describeWith(missingLinuxRoot(), 'SIGKILL in the middle of a run', () => {
  it(`${KILLS} times in namespaces, at random moments`, async () => {
    const before = hostBaseline()
    const rng = rngFromSeed(20)
    for (let i = 0; i < KILLS; i++) {
      const delayMs = 100 + rng.int(i % 4 === 0 ? 2000 : 6000)
      const { left } = await kill(before, [...RAFT, ...ARGS], i % 2 === 1, after(delayMs))
      expect(left, `kill ${i + 1} after ${delayMs} ms`).toEqual([])
    }
  })

  it(`${DOCKER_KILLS} times in docker`, async () => {
    const before = hostBaseline()
    const rng = rngFromSeed(21)
    for (let i = 0; i < DOCKER_KILLS; i++) {
      const delayMs = 500 + rng.int(7000)
      const { left } = await kill(before, [...ETCD, ...ARGS], i % 2 === 1, after(delayMs))
      expect(left, `kill ${i + 1} after ${delayMs} ms`).toEqual([])
    }
  })

  it.each([
    ['raft in namespaces', [...RAFT, '--target-opts', 'authority=true'], 14],
    ['etcd in docker', ETCD, 12],
  ] as const)(
    `with each kind of fault in force, at least ${KILLS_A_KIND} times each: %s; and the history is readable`,
    async (_, target, kinds) => {
      const before = hostBaseline()
      const counts = new Map<string, number>()
      const isEnough = (): boolean =>
        counts.size === kinds && [...counts.values()].every((count) => count >= KILLS_A_KIND)
      for (let i = 0; i < MOST_KILLS && !isEnough(); i++) {
        const args = [...target, ...EVERY_FAULT, '--seed', String(i)]
        const { operations, inForce, left } = await kill(before, args, i % 2 === 1, onceInForce(kinds))
        for (const nemesis of inForce) counts.set(nemesis, (counts.get(nemesis) ?? 0) + 1)
        expect(left, `kill ${i + 1}, with ${inForce.join(', ')} in force`).toEqual([])
        expect(operations).toBeGreaterThan(0)
      }
      expect(isEnough(), JSON.stringify([...counts])).toBe(true)
    },
  )

  it.each(PLACES)('while all nodes of %s are frozen, supervisor and controller each', async (_, target) => {
    const before = hostBaseline()
    for (const inner of [false, true]) {
      const { inForce, left } = await kill(before, [...target, ...FROZEN], inner, onceInForce(1))
      expect(inForce).toEqual(['pause'])
      expect(left, inner ? 'controller' : 'supervisor').toEqual([])
    }
  })

  it.each(PLACES)('while a node of %s lies, supervisor and controller each', async (_, target) => {
    const before = hostBaseline()
    for (const inner of [false, true]) {
      const { inForce, left } = await kill(before, [...target, ...LYING], inner, onceInForce(1))
      expect(inForce).toEqual(['byzantine'])
      expect(left, inner ? 'controller' : 'supervisor').toEqual([])
    }
  })

  it.each(PLACES)(
    'while messages of %s are captured, and while they are read, supervisor and controller each',
    async (_, target) => {
      const before = hostBaseline()
      const moments = { 'once packets are on disk': onceSpooled, 'once the run is over': onceRunIsOver }
      for (const [when, moment] of Object.entries(moments))
        for (const inner of [false, true]) {
          const { left } = await kill(before, [...target, ...CAPTURED], inner, moment)
          expect(left, `${inner ? 'controller' : 'supervisor'}, ${when}`).toEqual([])
        }
    },
  )

  it('interrupted (SIGINT): the run ends early, takes everything down, and is unknown', async () => {
    using folder = temporaryFolder()
    const before = hostBaseline()
    const running = start(['run', ...RAFT, ...ARGS, '--out', folder.path])
    await onceWritten(folder.path, () => false)
    running.kill('SIGINT')
    const { exitCode, stdout } = await running
    expect(stdout).toContain('the run was interrupted')
    expect(exitCode).toBe(2)
    expect(await leftovers(before, folder.path)).toEqual([])
  })

  it('`clean` undoes what a dead run left, where the watchdog was killed too', async () => {
    using folder = temporaryFolder()
    const before = hostBaseline()
    const running = start(['run', ...RAFT, ...ARGS, '--out', folder.path])
    await onceWritten(folder.path, () => false)
    const pid = running.pid as number
    const watchdog = childrenOf(pid).find((child) =>
      fs.readFileSync(`/proc/${child}/cmdline`, 'latin1').includes('watchdog'),
    )
    if (watchdog === undefined) throw new Error('no watchdog')
    process.kill(watchdog, 'SIGKILL')
    process.kill(pid, 'SIGKILL')
    await running
    const runs = { folder: folder.path }
    expect(await waitUntil(() => processesOf(runs).length === 0, MOMENT_TIMEOUT_MS, 100)).toBe(true)
    const [id] = runIdsOf(runs)
    if (id === undefined) throw new Error('no run')
    const stateDir = stateDirOf(id)
    expect(fs.existsSync(stateDir)).toBe(true)
    const { stdout, exitCode } = await faultline(['clean'])
    expect(stdout).toContain(`undone: ${stateDir}`)
    expect(exitCode).toBe(0)
    expect(await leftovers(before, folder.path)).toEqual([])
  })
})
