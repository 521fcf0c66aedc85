/**
 * Starts a cluster and observes what its target's clients and hooks do while nodes and connections are healthy and while they
 * are not. It runs in the sandbox of a run and only observes: `judge.ts` says what is right.
 */
import path from 'node:path'
import type { ClusterNode } from '../../api/environment.ts'
import type { Workload } from '../../api/workload.ts'
import { ErrorTally } from '../../engine/error-tally.ts'
import { isReady } from '../../engine/members.ts'
import { provision, startCluster } from '../../engine/provision.ts'
import type { RunParts, StartedRun } from '../../engine/run-parts.ts'
import { wipeData } from '../../faults/data-dir.ts'
import { listeningPorts } from '../../faults/ports.ts'
import { resume, stopAll } from '../../faults/stopping.ts'
import { rngFromSeed } from '../../support/random.ts'
import { NS_PER_MS } from '../../support/time.ts'
import { sleep, waitUntil } from '../../support/wait.ts'
import { parseOptions } from '../run/options.ts'
import { Driver } from './driver.ts'
import { allPids, describeProcess, filesOutside } from './escapes.ts'
import { askHooks } from './hooks.ts'
import type { Escapes, HookSeen, Observations, Situation, Turn } from './observations.ts'
import { TrialClient } from './trial-client.ts'

const HOLDER = 'conform'
/** How often each hook is asked while all is well. */
const HEALTHY_ASKS = 3
/** After a call has ended, its request may still be sent again. */
const LATE_MS = 700
const LISTEN_MS = 5000
/** Threads beyond one for each call of a vocabulary. */
const MORE_THREADS = 2

/** One vocabulary on a fresh cluster. */
class Examination {
  readonly #run: StartedRun
  readonly #workload: Workload
  readonly driver: Driver
  readonly hooks: HookSeen[] = []
  readonly turns: Turn[] = []

  constructor(run: StartedRun, workload: Workload) {
    this.#run = run
    this.#workload = workload
    this.driver = this.#driverOf(workload)
  }

  #driverOf(workload: Workload): Driver {
    const { parts, cluster, errors, rng } = this.#run
    const { target, spec } = parts
    const { vocabulary } = workload
    const nodes = cluster.nodes.map(({ name, address, keeperPid }) => ({
      node: name,
      address,
      ports: listeningPorts(keeperPid),
    }))
    let processes = 0
    return new Driver({
      workload,
      workloadOptions: parseOptions(`workload ${workload.name}`, undefined, workload.options),
      rng: rng.fork(workload.name),
      threads: Object.keys(vocabulary.calls).length + MORE_THREADS,
      nodes: nodes.length,
      open: () =>
        TrialClient.open({
          client: target.clients[vocabulary.name] as (typeof target.clients)[string],
          vocabulary,
          nodes,
          node: this.victim.name,
          process: processes++,
          localAddress: cluster.clientAddresses[0] as string,
          services: Object.fromEntries(cluster.services.map(({ name, address }) => [name, address])),
          options: spec.targetOptions,
          errors,
        }),
    })
  }

  get victim(): ClusterNode {
    return this.#run.cluster.nodes[0] as ClusterNode
  }

  async #isReady(node: ClusterNode): Promise<boolean> {
    const { target } = this.#run.parts
    return isReady({ node, ready: (endpoint, signal) => target.ready(endpoint, signal) })
  }

  /** While all is well. */
  async askAll(): Promise<void> {
    const { parts, cluster } = this.#run
    for (let asked = 0; asked < HEALTHY_ASKS; asked++)
      for (const node of cluster.nodes) this.hooks.push(...(await askHooks(parts.target, node, 'healthy')))
  }

  /** Calls are held back, what is to happen happens, and then they are made. */
  async round(situation: Situation, begin: () => Promise<void>, end: () => Promise<void>): Promise<void> {
    const { progress, signal } = this.#run.parts
    signal.throwIfAborted()
    progress.phase(`${this.#workload.vocabulary.name}: ${situation}`)
    await this.driver.gather(signal)
    try {
      await begin()
      await this.driver.release(situation)
      await sleep(LATE_MS)
    } finally {
      await end()
    }
    await this.driver.endConnections()
  }

  async #timed(what: Turn['what'], act: () => Promise<string | null>): Promise<void> {
    const beganMs = performance.now()
    const problem = await act()
    this.turns.push({ what, tookMs: Math.round(performance.now() - beganMs), problem })
  }

  /** Until every node is ready again. */
  async #recovered(): Promise<string | null> {
    const { parts, cluster } = this.#run
    const { readyTimeoutMs } = parts.spec
    const areReady = async (): Promise<boolean> =>
      (await Promise.all(cluster.nodes.map((node) => this.#isReady(node)))).every(Boolean)
    return (await waitUntil(areReady, readyTimeoutMs, 50, parts.signal))
      ? null
      : `not every node was ready again within ${readyTimeoutMs / 1000} s`
  }

  /** The node is asked to stop, and started again. */
  async stopped(): Promise<void> {
    const { parts } = this.#run
    const { victim } = this
    const stop = async (): Promise<string | null> => {
      const { deaf, openPorts } = await victim.takeDown(HOLDER, 'stop', parts.signal)
      if (deaf.length > 0) return `${deaf.length} of its processes did not end in time and were killed`
      return openPorts.length > 0 ? `port ${openPorts.join(', ')} was still open when it was down` : null
    }
    const begin = async (): Promise<void> => {
      this.driver.onHeld(({ proxies }) => proxies.refuse(victim.name))
      await this.#timed('stop', stop)
      this.hooks.push(...(await askHooks(parts.target, victim, 'stopped')))
    }
    await this.round('stopped', begin, () =>
      this.#timed('restart', async () => {
        await victim.bringUp(HOLDER, parts.signal)
        return this.#recovered()
      }),
    )
  }

  /** All its processes are stopped, and go on. */
  async paused(): Promise<void> {
    const { victim } = this
    let processes: Awaited<ReturnType<typeof stopAll>> = []
    const begin = async (): Promise<void> => {
      processes = await stopAll(victim)
      this.hooks.push(...(await askHooks(this.#run.parts.target, victim, 'paused')))
    }
    await this.round('paused', begin, () =>
      this.#timed('resume', async () => {
        resume(processes)
        return this.#recovered()
      }),
    )
  }

  async connections(): Promise<void> {
    for (const passing of ['cut', 'lost reply', 'reset'] as const) {
      const begin = async (): Promise<void> => {
        this.driver.onHeld(({ proxies }) => {
          proxies.passing = passing
        })
      }
      await this.round(passing, begin, async () => {})
    }
  }
}

/** Strays are counted under the vocabulary whose client they came from. */
const straysOf = (errors: ErrorTally): Observations['strays'] =>
  Object.fromEntries(
    Object.entries(Object.groupBy(errors.list(), ({ node }) => node)).map(([vocabulary, all = []]) => [
      vocabulary,
      all.filter(({ source }) => source === 'client').map(({ message }) => message),
    ]),
  )

/** Takes all nodes down and looks what is left of them. */
const leftProcesses = async (
  { parts, cluster }: StartedRun,
  before: ReadonlySet<number>,
): Promise<readonly string[] | null> => {
  const running = async (): Promise<readonly number[]> =>
    (await Promise.all(cluster.nodes.map((node) => node.processes()))).flat().map(({ pid }) => pid)
  const nodes = new Set(await running())
  for (const node of cluster.nodes) await node.takeDown(HOLDER, 'kill', parts.signal)
  // Where pids of others are seen, they cannot be told from those that escaped.
  if (process.ppid !== 0) return null
  await sleep(200)
  return allPids()
    .filter((pid) => !before.has(pid) && !nodes.has(pid))
    .map(describeProcess)
}

/** Vocabularies may use the same keys, and what one wrote must not be read as another's. */
const startAfresh = async (run: StartedRun): Promise<void> => {
  const { parts, cluster } = run
  const hosts = [...cluster.nodes, ...cluster.services]
  for (const host of hosts) await host.kill(parts.signal)
  for (const { hostDataDir } of hosts) wipeData(hostDataDir)
  await startCluster(run)
}

const filesElsewhere = async ({ parts, cluster }: StartedRun): Promise<readonly string[]> => {
  const found = await Promise.all(
    cluster.nodes.map((node) =>
      filesOutside(node, [parts.stateDir, parts.logDir, path.dirname(node.dataDir), node.hostDataDir]),
    ),
  )
  return found.flat()
}

/** A target may call a node ready before it listens. Its clients are to be tested all the same, so that is waited for. */
const listening = async ({ parts, cluster }: StartedRun): Promise<void> => {
  const doListen = (): boolean => cluster.nodes.every(({ keeperPid }) => listeningPorts(keeperPid).length > 0)
  await waitUntil(doListen, LISTEN_MS, 20, parts.signal)
}

/** Every vocabulary on a cluster without data, one after another. The hooks are asked beside the first. */
const examineAll = async (
  run: StartedRun,
  workloads: readonly Workload[],
): Promise<
  Pick<Observations, 'calls' | 'connections' | 'asked' | 'hooks' | 'turns'> & Pick<Escapes, 'files'>
> => {
  const startedNs = await startCluster(run)
  const examinations: Examination[] = []
  const files = new Set<string>()
  for (const workload of workloads) {
    if (examinations.length > 0) await startAfresh(run)
    await listening(run)
    const examination = new Examination(run, workload)
    examinations.push(examination)
    if (examinations.length === 1) await examination.askAll()
    await examination.connections()
    // While all programs have run for some time.
    for (const file of await filesElsewhere(run)) files.add(file)
    await examination.paused()
    await examination.stopped()
  }
  const [first] = examinations as [Examination, ...Examination[]]
  return {
    calls: examinations.flatMap(({ driver }) => driver.calls),
    connections: examinations.flatMap(({ driver }) => driver.connections),
    asked: Object.fromEntries(
      examinations.map(({ driver }, i) => [(workloads[i] as Workload).vocabulary.name, driver.wanted]),
    ),
    files: [...files],
    hooks: first.hooks,
    turns: [
      { what: 'first start', tookMs: Math.round(startedNs / NS_PER_MS), problem: null },
      ...first.turns,
    ],
  }
}

/** @param workloads one for each vocabulary that is to be tested, at least one */
export const examine = async (parts: RunParts, workloads: readonly Workload[]): Promise<Observations> => {
  const { spec, target, progress } = parts
  progress.phase(`provisioning (${parts.environment.name})`)
  await using cluster = await provision(parts)
  await using last = new AsyncDisposableStack()
  const before = new Set(allPids())
  const errors = new ErrorTally()
  using _strays = errors.catchStrays(parts.log)
  const claims = target.claims(spec.targetOptions, parts.workload.vocabulary)
  const clock = (): number => Number(process.hrtime.bigint())
  const rng = rngFromSeed(spec.seed)
  const run: StartedRun = { parts, cluster, last, rng, claims, errors, clock }
  const { files, ...seen } = await examineAll(run, workloads)
  progress.phase('taking the cluster down')
  return {
    nodes: cluster.nodes.map(({ name }) => name),
    hasStatus: target.status !== undefined,
    ...seen,
    escapes: { processes: await leftProcesses(run, before), files },
    strays: straysOf(errors),
  }
}
