/**
 * Moves the wall clock (CLOCK_REALTIME) of chosen nodes' processes and of nothing else:
 *
 * - `bump`: ahead by the offset; `jump-back`: behind by it; at once;
 * - `drift`: fast or slow by the rate;
 * - `strobe`: to and fro between the true time and the offset, many times a second;
 * - `freeze`: stands still;
 * - `suspend`: the node stops for the first half of the fault, and wakes up with a clock that has jumped ahead by the
 *   offset, as a laptop or a virtual machine does.
 *
 * Processes that start meanwhile are skewed as soon as they are seen (every few milliseconds). CLOCK_MONOTONIC is not
 * touched: leases of Go and Java programs count it, and notice nothing; only what compares wall clocks does. Proof: the
 * offset read back from the processes' own clock functions, and the node's own word where its status tells the time.
 */
import type { ClusterNode } from '../harness/api/environment.ts'
import type { ActiveFault, Effect, Nemesis, NemesisContext, PlannedFault } from '../harness/api/nemesis.ts'
import { hostTimeNs, ProcessClock } from '../harness/faults/clock/process-clock.ts'
import { NO_SKEW, type Skew } from '../harness/faults/clock/stub.ts'
import { descendantsOf, isAlive, signal } from '../harness/faults/proc.ts'
import { messageOf } from '../harness/support/assert.ts'
import { NS_PER_MS } from '../harness/support/time.ts'
import { sleep } from '../harness/support/wait.ts'
import { activeFault } from './parts/active-fault.ts'
import { planSequence, scheduleOptions, takeTurn } from './parts/schedule.ts'
import { drawVictims, parseVictims, parseWords, resolveVictims, type VictimIntent } from './parts/victims.ts'

const MODES = ['bump', 'jump-back', 'drift', 'strobe', 'freeze', 'suspend'] as const
type Mode = (typeof MODES)[number]

interface ClockIntent extends VictimIntent {
  readonly mode: Mode
  readonly offsetMs: number
  /** Parts per million, gained or lost. */
  readonly ratePpm: number
  readonly suspendMs: number
}

/** How soon a process that has just started is found. */
const SEARCH_EVERY_MS = 5
const STROBE_EVERY_MS = 25

const skewOf = ({ mode, offsetMs, ratePpm }: ClockIntent): Skew => {
  const offsetNs = BigInt(Math.round(offsetMs * NS_PER_MS))
  if (mode === 'jump-back') return { ...NO_SKEW, offsetNs: -offsetNs }
  if (mode === 'drift') return { offsetNs: 0n, sinceNs: hostTimeNs(), ratePpm }
  if (mode === 'freeze') return { offsetNs: 0n, sinceNs: hostTimeNs(), ratePpm: -1e6 }
  return { ...NO_SKEW, offsetNs }
}

/** The clocks of all processes of some nodes, those included that start while it is in force. */
class NodeClocks implements AsyncDisposable {
  readonly #nodes: readonly ClusterNode[]
  readonly #clocks = new Map<number, ProcessClock>()
  readonly #stop = new AbortController()
  readonly #errors = new Set<string>()
  #skew: Skew
  #searching: Promise<void> = Promise.resolve()

  constructor(nodes: readonly ClusterNode[], skew: Skew) {
    this.#nodes = nodes
    this.#skew = skew
  }

  /** Resolves once all processes there are now are skewed. */
  async start(): Promise<void> {
    await this.#find()
    this.#searching = this.#search()
  }

  /** Why processes could not be skewed. */
  get errors(): readonly string[] {
    return [...this.#errors]
  }

  get skew(): Skew {
    return this.#skew
  }

  set(skew: Skew): void {
    this.#skew = skew
    this.#each((clock) => clock.set(skew))
  }

  /** Offsets of the living processes, in ns, as their own functions say. */
  offsetsNs(): readonly bigint[] {
    return this.#each((clock) => clock.offsetNs())
  }

  /** Of those that live; one that ends meanwhile has no clock any more. */
  #each<T>(ask: (clock: ProcessClock) => T): readonly T[] {
    return [...this.#clocks.values()].flatMap((clock) => {
      if (!isAlive(clock.pid)) return []
      try {
        return [ask(clock)]
      } catch (error) {
        if (isAlive(clock.pid)) throw error
        return []
      }
    })
  }

  async #search(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await sleep(SEARCH_EVERY_MS, this.#stop.signal).catch(() => {})
      if (!this.#stop.signal.aborted) await this.#find()
    }
  }

  async #find(): Promise<void> {
    for (const node of this.#nodes) {
      for (const { pid } of await node.processes())
        for (const each of [pid, ...descendantsOf(pid)]) this.#take(each)
    }
  }

  /** A process that executed another program has a clean vDSO again, and is taken again. */
  #take(pid: number): void {
    const known = this.#clocks.get(pid)
    if (known?.isInPlace() === true || !isAlive(pid)) return
    try {
      known?.release()
      const clock = ProcessClock.attach(pid)
      this.#clocks.set(pid, clock)
      clock.set(this.#skew)
    } catch (error) {
      // One that ends has no clock any more.
      const isGone = ['ESRCH', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')
      if (!isGone && isAlive(pid)) this.#errors.add(messageOf(error))
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#searching
    for (const clock of this.#clocks.values()) clock.detach()
  }
}

/** To and fro until stopped. */
const strobe = async (clocks: NodeClocks, skew: Skew, stop: AbortSignal): Promise<void> => {
  for (let turn = 1; !stop.aborted; turn++) {
    await sleep(STROBE_EVERY_MS, stop).catch(() => {})
    if (!stop.aborted) clocks.set(turn % 2 === 0 ? skew : NO_SKEW)
  }
}

/** Stops the nodes, and lets them wake up later. */
const suspend = async (
  nodes: readonly ClusterNode[],
  clocks: NodeClocks,
  intent: ClockIntent,
  stop: AbortSignal,
): Promise<void> => {
  const pids = (await Promise.all(nodes.map((node) => node.processes()))).flat().map(({ pid }) => pid)
  for (const pid of pids) signal(pid, 'SIGSTOP')
  await sleep(intent.suspendMs, stop).catch(() => {})
  clocks.set(skewOf(intent))
  for (const pid of pids) signal(pid, 'SIGCONT')
}

const isMoving = ({ mode }: ClockIntent): boolean => mode === 'drift' || mode === 'freeze'

const seconds = (ms: number): string => `${ms >= 0 ? '+' : ''}${(ms / 1000).toFixed(3)} s`

/** How far the nodes' clocks are from the host's by their own word, in ms; nodes that do not tell are left out. */
const tell = async (context: NemesisContext, nodes: readonly ClusterNode[]): Promise<readonly number[]> => {
  const told = await Promise.all(
    nodes.map(async ({ name }) => {
      const status = await context.status(name)
      return status?.clockMs === undefined ? null : status.clockMs - Number(hostTimeNs()) / NS_PER_MS
    }),
  )
  return told.filter((ms) => ms !== null)
}

const furthest = (all: readonly number[]): number =>
  all.reduce((far, each) => (Math.abs(each) > Math.abs(far) ? each : far), 0)

const inject = async (context: NemesisContext, fault: PlannedFault): Promise<ActiveFault> => {
  const intent = fault.intent as unknown as ClockIntent
  const nodes = await resolveVictims(context, intent)
  const clocks = new NodeClocks(nodes, intent.mode === 'suspend' ? NO_SKEW : skewOf(intent))
  try {
    await clocks.start()
  } catch (error) {
    await clocks[Symbol.asyncDispose]()
    throw error
  }
  const stop = new AbortController()
  let running: Promise<void> = Promise.resolve()
  if (intent.mode === 'strobe') running = strobe(clocks, clocks.skew, stop.signal)
  if (intent.mode === 'suspend') running = suspend(nodes, clocks, intent, stop.signal)
  running.catch(() => {})
  const measure = async (): Promise<Effect> => {
    const told = intent.mode === 'strobe' ? [] : await tell(context, nodes)
    const offsetsMs = clocks.offsetsNs().map((ns) => Number(ns) / NS_PER_MS)
    const offsetMs = furthest(offsetsMs)
    const moved = offsetsMs.filter((ms) => ms !== 0).length
    const word = told.length === 0 ? '' : `; by the nodes' own word ${told.map(seconds).join(', ')}`
    const failed = clocks.errors.length === 0 ? '' : `; not all could be skewed: ${clocks.errors.join('; ')}`
    const turning = intent.mode === 'strobe' ? ' (by turns)' : isMoving(intent) ? ' by now' : ''
    return {
      effective: moved > 0,
      summary: `${intent.mode}: clocks of ${offsetsMs.length} processes at ${seconds(offsetMs)}${turning}${word}${failed}`,
      measurements: {
        processes: offsetsMs.length,
        moved,
        offsetMs,
        ...(told.length === 0 ? {} : { toldOffsetMs: Math.round(furthest(told)) }),
      },
    }
  }
  const heal = async (): Promise<Effect> => {
    stop.abort()
    await running
    try {
      return await measure()
    } finally {
      await clocks[Symbol.asyncDispose]()
    }
  }
  return activeFault(
    fault.id,
    nodes.map(({ name }) => name),
    measure,
    heal,
  )
}

export const clock: Nemesis = {
  name: 'clock',
  description: "moves the wall clock of nodes' processes: bump, jump back, drift, strobe, freeze, suspend",
  needs: ['clock'],
  options: {
    ...scheduleOptions(5000, 3000),
    modes: {
      type: 'string',
      default: 'bump+jump-back+drift+strobe+freeze+suspend',
      description: `how: ${MODES.join(', ')}, joined by +`,
    },
    offset: {
      type: 'duration',
      default: 60_000,
      description: 'the most a clock is moved; each fault draws up to it, small ones as often as large ones',
    },
    rate: {
      type: 'number',
      default: 200_000,
      description: 'parts per million that a drifting clock gains or loses',
    },
    victims: {
      type: 'string',
      default: 'leader+one+minority+majority',
      description: 'whom: words or node names joined by +',
    },
  },
  plan: (rng, options, context) => {
    const modes = parseWords('modes', String(options.modes), MODES)
    const words = parseVictims(options, context)
    const mostMs = Math.max(1, options.offset as number)
    return planSequence('clock', 'clock', rng, options, context, (draw, ordinal) => ({
      ...drawVictims(draw, words, context, 'clock'),
      mode: takeTurn(rng.fork('modes'), modes, ordinal),
      // Log-uniform: election time-outs, leases and days each get their turn.
      offsetMs: Math.round(mostMs ** draw.fork('offset').float()),
      ratePpm: (draw.fork('direction').float() < 0.5 ? -1 : 1) * (options.rate as number),
      suspendMs: Math.round((options.duration as number) / 4),
    }))
  },
  inject,
}
