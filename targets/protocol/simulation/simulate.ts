/** One simulated run: a world, clients with sessions and declared retries, and faults, drawn or planned. */
import type { Operation } from '../../../harness/api/history.ts'
import type { Rng } from '../../../harness/api/random.ts'
import type { SimulatedPlan, SimulatedRun } from '../../../harness/api/simulation.ts'
import { rngFromSeed } from '../../../harness/support/random.ts'
import { SimulatedClient } from './client.ts'
import { type ClusterFault, Faults } from './faults.ts'
import type { SimulatedNode, SimulatedProtocol } from './node.ts'
import { CLIENTS, type Recorded } from './paced-client.ts'
import { SimulatedWorld, type World } from './world.ts'

export interface SimulationResult extends SimulatedRun<ClusterFault> {
  readonly elections: number
}

/** Of absent nodes, faults have no effect. */
const isThere = (world: World, fault: ClusterFault): boolean =>
  fault.kind === 'cut' || world.ids.includes(fault.node)

/** A client that asks from its start on. */
export type MakeClient = (
  world: World,
  rng: Rng,
  process: number,
  restTicks: number,
  record: (operation: Recorded) => void,
) => { start(): void }

const registerClient: MakeClient = (...given) => new SimulatedClient(...given)

/** @param protocolOf draws what differs from run to run @param makeClient absent: it asks for registers */
export const simulate = <M, D extends { losePower(): void }, N extends SimulatedNode<M>>(
  plan: SimulatedPlan<ClusterFault>,
  protocolOf: (profile: Rng) => SimulatedProtocol<M, D, N>,
  makeClient: MakeClient = registerClient,
): SimulationResult => {
  const { seed, ticks, nodes, clients, isLossy } = plan
  const rng = rngFromSeed(seed)
  const profile = rng.fork('profile')
  const world = new SimulatedWorld({ rng, protocol: protocolOf(profile), nodes, isLossy })
  const restTicks = profile.pick([12, 80])
  const history: Operation[] = []
  const record = (operation: Recorded): void => {
    // Within a tick each event is one nanosecond later, which keeps the simulator's order.
    history.push({ index: history.length, timeNs: world.now * 1_000_000 + history.length, ...operation })
  }
  for (let process = 0; process < clients; process++) {
    makeClient(world, rng.fork('client', process), process, restTicks, record).start()
  }
  const faults = new Faults(world)
  if (plan.faults === null) faults.draw(rng.fork('faults'), ticks)
  else faults.schedule(plan.faults.filter((fault) => isThere(world, fault)))
  let elections = 0
  let term = 0
  while (world.now < ticks && world.violation === null) {
    world.step()
    const leader = world.leader()
    if (leader !== null && world.termOf(leader) > term) {
      term = world.termOf(leader)
      elections++
    }
  }
  return { violation: world.violation, endedAtTick: world.now, history, faults: faults.made, elections }
}

/** The plan of a seed, with faults to draw. */
export const drawPlan = (seed: number): SimulatedPlan<ClusterFault> => ({
  seed,
  ticks: 2500,
  nodes: 5,
  clients: CLIENTS,
  isLossy: true,
  faults: null,
})
