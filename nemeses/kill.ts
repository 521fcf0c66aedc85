/**
 * Ends nodes' processes and restarts them on the same data (or, if asked, on older data or none), by SIGKILL or by SIGTERM (and SIGKILL for whoever does not
 * heed it), in one of three patterns: all victims at once until the heal; one after another, each back before the
 * next (`rolling`, which does not wait for what the cluster says of it); or again and again until the heal
 * (`crash-loop`). Proof: the pids are gone, and others run after the heal.
 */
import type { ClusterNode } from '../harness/api/environment.ts'
import type { ActiveFault, Effect, Nemesis, NemesisContext, PlannedFault } from '../harness/api/nemesis.ts'
import type { NodeProcess } from '../harness/api/process.ts'
import { isAlive, signal } from '../harness/faults/proc.ts'
import { sleep, waitUntil } from '../harness/support/wait.ts'
import { activeFault } from './parts/active-fault.ts'
import {
  changeData,
  DATA,
  type DataIntent,
  keepOlder,
  modelOf,
  withinTolerance,
} from './parts/restart-data.ts'
import { planSequence, scheduleOptions, takeTurn } from './parts/schedule.ts'
import { drawVictims, parseVictims, parseWords, resolveVictims, type VictimIntent } from './parts/victims.ts'

const SIGNALS = ['SIGKILL', 'SIGTERM'] as const
const PATTERNS = ['at-once', 'rolling', 'crash-loop'] as const

interface KillIntent extends VictimIntent, DataIntent {
  readonly signal: (typeof SIGNALS)[number]
  readonly pattern: (typeof PATTERNS)[number]
  /** How long a node runs between two ends of a crash loop, and before the next one's turn of a rolling restart. */
  readonly uptimeMs: number
}

/** How long SIGTERM is given. */
const PATIENCE_MS = 2000
const EXIT_TIMEOUT_MS = 500
/** How long a node is down in a rolling restart or a crash loop. */
const DOWNTIME_MS = 200

/** What was done so far. */
interface Tally {
  /** To the data, in words. */
  readonly data: string[]
  readonly ended: { readonly node: string; readonly pid: number; readonly exit: string | null }[]
  /** Pids that SIGTERM did not end. */
  readonly deaf: number[]
}

/** The system tells a moment after the end. */
const exitOf = async (node: ClusterNode, pid: number): Promise<string | null> => {
  let exit: string | null = null
  const isTold = async (): Promise<boolean> => {
    exit = await node.exitOf(pid)
    return exit !== null
  }
  await waitUntil(isTold, EXIT_TIMEOUT_MS, 5)
  return exit
}

const endNode = async (
  node: ClusterNode,
  intent: KillIntent,
  abort: AbortSignal,
  tally: Tally,
): Promise<void> => {
  const processes = await node.processes()
  if (intent.signal === 'SIGTERM') {
    for (const { pid } of processes) signal(pid, 'SIGTERM')
    await waitUntil(() => processes.every(({ pid }) => !isAlive(pid)), PATIENCE_MS, 5, abort)
    tally.deaf.push(...processes.map(({ pid }) => pid).filter(isAlive))
  }
  await node.kill(abort)
  const change = await changeData(node, intent)
  if (change !== null) tally.data.push(change)
  const exits = await Promise.all(processes.map(({ pid }) => exitOf(node, pid)))
  tally.ended.push(...processes.map(({ pid }, i) => ({ node: node.name, pid, exit: exits[i] ?? null })))
}

/** Resolves true when the time is over, false where `stop` came first. */
const passes = (ms: number, stop: AbortSignal): Promise<boolean> =>
  sleep(ms, stop).then(
    () => !stop.aborted,
    () => false,
  )

/** Whose turn it is: all, or in a rolling restart one; nobody when it is over. */
const victimsOf = (
  nodes: readonly ClusterNode[],
  { pattern }: KillIntent,
  turn: number,
): readonly ClusterNode[] => {
  if (pattern === 'crash-loop') return nodes
  if (pattern === 'rolling') return nodes.slice(turn, turn + 1)
  return turn === 0 ? nodes : []
}

/** After the first turn: back up, and the next ones down, until it is over or stopped. */
const goOn = async (
  context: NemesisContext,
  nodes: readonly ClusterNode[],
  intent: KillIntent,
  tally: Tally,
  stop: AbortSignal,
): Promise<void> => {
  for (let turn = 1; await passes(DOWNTIME_MS, stop); turn++) {
    await Promise.all(victimsOf(nodes, intent, turn - 1).map((node) => node.start(context.signal)))
    const next = victimsOf(nodes, intent, turn)
    if (next.length === 0 || !(await passes(intent.uptimeMs, stop))) return
    await Promise.all(next.map((node) => endNode(node, intent, context.signal, tally)))
  }
}

const effectOf = (
  { ended, deaf, data }: Tally,
  intent: KillIntent,
  running: readonly NodeProcess[] | null,
): Effect => {
  const gone = ended.filter(({ pid }) => !isAlive(pid))
  const names = [...new Set(gone.map(({ node }) => node))]
  const again =
    running === null ? '' : `; running again as pid ${running.map(({ pid }) => pid).join(', ') || 'none'}`
  const ignored = deaf.length === 0 ? '' : `, ${deaf.length} only by SIGKILL`
  const changes = data.length === 0 ? '' : `; ${data.join('; ')}`
  const pids = gone.map(({ pid }) => pid).join(', ')
  const exits = [...new Set(gone.map(({ exit }) => exit ?? 'exit not told'))].join(', ')
  return {
    effective: gone.length > 0,
    summary:
      ended.length === 0
        ? 'nothing was running'
        : `pid ${pids} of ${names.join(', ')} gone by ${intent.signal} (${exits})${ignored}${changes}${again}`,
    measurements: {
      killed: ended.length,
      gone: gone.length,
      deaf: deaf.length,
      ...(running === null ? {} : { restarted: running.length }),
    },
  }
}

const inject = async (context: NemesisContext, fault: PlannedFault): Promise<ActiveFault> => {
  const intent = fault.intent as unknown as KillIntent
  const nodes = await resolveVictims(context, intent)
  const tally: Tally = { ended: [], deaf: [], data: [] }
  const stop = new AbortController()
  const first = victimsOf(nodes, intent, 0)
  await keepOlder(nodes, intent)
  if (intent.data !== 'kept' && intent.data !== 'wiped') await sleep(intent.staleMs, context.signal)
  await Promise.all(first.map((node) => endNode(node, intent, context.signal, tally)))
  const restarting =
    intent.pattern === 'at-once' ? Promise.resolve() : goOn(context, nodes, intent, tally, stop.signal)
  // It is awaited by the heal, which may be long after.
  restarting.catch(() => {})
  const heal = async (): Promise<Effect> => {
    stop.abort()
    await restarting
    await Promise.all(nodes.map((node) => node.start(context.signal)))
    return effectOf(tally, intent, (await Promise.all(nodes.map((node) => node.processes()))).flat())
  }
  const victims = nodes.map((node) => node.name)
  return activeFault(fault.id, victims, async () => effectOf(tally, intent, null), heal)
}

export const kill: Nemesis = {
  name: 'kill',
  description:
    'ends nodes by SIGKILL or SIGTERM and restarts them on the same data, on older data, or on none',
  needs: ['kill'],
  options: {
    ...scheduleOptions(6000, 1500),
    victims: {
      type: 'string',
      default: 'leader+one+minority+majority+all',
      description: 'whom: words or node names joined by +',
    },
    signals: {
      type: 'string',
      default: 'SIGKILL',
      description: `by what: ${SIGNALS.join(', ')}, joined by +`,
    },
    patterns: {
      type: 'string',
      default: 'at-once',
      description: `how: ${PATTERNS.join(', ')}, joined by +`,
    },
    uptime: {
      type: 'duration',
      default: 700,
      description: 'how long a node runs in a crash loop, and before the next one in a rolling restart',
    },
    data: {
      type: 'string',
      default: 'kept',
      description: `what a node comes back to: ${DATA.join(', ')}, joined by +; with kept among them only as often as the claims tolerate`,
    },
    stale: { type: 'duration', default: 1000, description: 'how much older data is that is rolled back' },
    'newest-files': {
      type: 'number',
      default: 1,
      description: 'how many of the newest files newest-rolled-back rolls back',
    },
  },
  plan: (rng, options, context) => {
    const words = parseVictims(options, context)
    const data = parseWords('data', String(options.data), DATA)
    const signals = parseWords('signals', String(options.signals), SIGNALS)
    const patterns = parseWords('patterns', String(options.patterns), PATTERNS)
    const faults = planSequence('kill', modelOf, rng, options, context, (draw, ordinal) => {
      const found = takeTurn(rng.fork('data'), data, ordinal)
      // Of those who lose data there is one at a time, who does so once.
      const whom = found === 'kept' ? words : words.filter((word) => word !== 'all' && word !== 'majority')
      return {
        ...drawVictims(draw, whom.length === 0 ? ['one'] : whom, context, 'kill'),
        signal: draw.fork('signal').pick(signals),
        pattern: found === 'kept' ? draw.fork('pattern').pick(patterns) : ('at-once' as const),
        uptimeMs: options.uptime as number,
        data: found,
        staleMs: options.stale as number,
        newestFiles: options['newest-files'] as number,
      }
    })
    return withinTolerance(faults, data, context)
  },
  inject,
}
