/**
 * What the cluster depends on fails, while the cluster itself is well: a service that stands beside it is
 *
 * - `gone`: its processes are killed, and whoever connects is refused; it is up again at the heal;
 * - `hung`: it is stopped (SIGSTOP): connections open, and nothing is ever answered;
 * - `failing`: each request is answered with a reset of its connection;
 * - `slow`: every packet between it and the nodes takes longer.
 *
 * Proof: packets refused or reset, counted at the service; or delayed, counted at the switch; or the state of its
 * processes.
 */
import type { Cluster, ClusterNode } from '../harness/api/environment.ts'
import type {
  ActiveFault,
  Effect,
  Intent,
  Nemesis,
  NemesisContext,
  PlannedFault,
} from '../harness/api/nemesis.ts'
import type { PacketRule } from '../harness/faults/iptables.ts'
import { Detour } from '../harness/faults/packet/detour.ts'
import { signal, threadStates } from '../harness/faults/proc.ts'
import { activeFault } from './parts/active-fault.ts'
import { packetFault } from './parts/packet-rules.ts'
import { planSequence, scheduleOptions, takeTurn } from './parts/schedule.ts'
import { parseWords } from './parts/victims.ts'

const MODES = ['gone', 'hung', 'failing', 'slow'] as const

interface DependencyIntent {
  readonly mode: (typeof MODES)[number]
  /** Which of the target's services, modulo their number. */
  readonly which: number
  readonly delayMs: number
  readonly seed: number
}

const rulesFor = (cluster: Cluster, which: PacketRule['which']): readonly PacketRule[] =>
  cluster.nodes.map(({ address }) => ({ direction: 'from', address, which, action: 'reset' }))

/** Another fault's effect and heal, with something done before and after. */
const wrap = (active: ActiveFault, text: string, heal: () => Promise<void>): ActiveFault => {
  const tell = (effect: Effect): Effect => ({ ...effect, summary: `${text}: ${effect.summary}` })
  return activeFault(
    active.id,
    active.victims,
    async () => tell(await active.measure()),
    async () => {
      const effect = await active.heal()
      await heal()
      return tell(effect)
    },
  )
}

const makeGone = async (
  { cluster, signal: abort }: NemesisContext,
  id: string,
  service: ClusterNode,
): Promise<ActiveFault> => {
  // Refused at the door, where it can be counted: the kernel would refuse by itself, and tell nobody.
  const rules = [{ node: service, rules: rulesFor(cluster, 'tcp') }]
  const refusing = await packetFault(id, rules, 'of requests refused')
  await service.kill(abort)
  return wrap(refusing, `${service.name} gone`, () => service.start(abort))
}

const hang = async (id: string, service: ClusterNode): Promise<ActiveFault> => {
  const processes = await service.processes()
  for (const { pid } of processes) signal(pid, 'SIGSTOP')
  const measure = async (): Promise<Effect> => {
    const stopped = processes.filter(({ pid }) => threadStates(pid).every((state) => state === 'T')).length
    return {
      effective: stopped > 0,
      summary: `${service.name} hung: ${stopped} of ${processes.length} processes in state T, their requests unanswered`,
      measurements: { stopped },
    }
  }
  const heal = async (): Promise<Effect> => {
    const effect = await measure()
    for (const { pid } of processes) signal(pid, 'SIGCONT')
    return effect
  }
  return activeFault(id, [service.name], measure, heal)
}

const slowDown = async (
  { cluster }: NemesisContext,
  id: string,
  service: ClusterNode,
  { delayMs, seed }: DependencyIntent,
): Promise<ActiveFault> => {
  const ports = [service, ...cluster.nodes].map(({ name, keeperPid, address }) => ({
    name,
    pid: keeperPid,
    addresses: [address],
  }))
  const rule = { delayMs, jitterMs: delayMs / 4, loss: 0, duplicate: 0, corrupt: 0, reorder: 0 }
  const links = cluster.nodes.flatMap(({ name }) => [`${name}>${service.name}`, `${service.name}>${name}`])
  const rules = Object.fromEntries(links.map((link) => [link, rule]))
  // What the nodes say to each other goes as it did.
  const detour = await Detour.open(ports, rules, seed, (a, b) => [a.name, b.name].includes(service.name))
  const measure = async (): Promise<Effect> => {
    const counts = await detour.counts()
    const packets = links.reduce((sum, link) => sum + (counts[link]?.packets ?? 0), 0)
    return {
      effective: packets > 0,
      summary: `${service.name} slow: ${packets} packets of requests and answers delayed by ${delayMs} ms each`,
      measurements: { packets, delayMs },
    }
  }
  const heal = async (): Promise<Effect> => {
    try {
      return await measure()
    } finally {
      await detour[Symbol.asyncDispose]()
    }
  }
  return activeFault(id, [service.name], measure, heal)
}

const inject = async (context: NemesisContext, { id, intent }: PlannedFault): Promise<ActiveFault> => {
  const { mode, which, ...rest } = intent as unknown as DependencyIntent
  const { services } = context.cluster
  const service = services[which % services.length]
  if (service === undefined) throw new Error('nothing stands beside this cluster')
  switch (mode) {
    case 'gone':
      return makeGone(context, id, service)
    case 'hung':
      return hang(id, service)
    case 'failing': {
      const at = [{ node: service, rules: rulesFor(context.cluster, 'data') }]
      return wrap(await packetFault(id, at, 'of requests reset'), `${service.name} failing`, async () => {})
    }
    case 'slow':
      return slowDown(context, id, service, { mode, which, ...rest })
  }
}

const SEEDS = 2 ** 31

export const dependency: Nemesis = {
  name: 'dependency',
  description: 'a service that the cluster depends on is gone, hangs, fails, or is slow',
  needs: ['partition', 'kill', 'packet'],
  needsOfTarget: (target, options) =>
    (target.services?.(options) ?? []).length === 0 ? `${target.name} depends on no service beside it` : null,
  options: {
    ...scheduleOptions(4000, 1500),
    modes: { type: 'string', default: MODES.join('+'), description: `how: ${MODES.join(', ')}, joined by +` },
    delay: { type: 'duration', default: 200, description: 'of each packet of a slow one, one way' },
  },
  plan: (rng, options, context) => {
    const modes = parseWords('modes', String(options.modes), MODES)
    return planSequence(
      'dependency',
      'dependency',
      rng,
      options,
      context,
      (draw, ordinal): Intent => ({
        mode: takeTurn(rng.fork('modes'), modes, ordinal),
        which: draw.fork('which').int(SEEDS),
        delayMs: options.delay as number,
        seed: draw.fork('seed').int(SEEDS),
      }),
    )
  },
  inject,
}
