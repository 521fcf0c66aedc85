/** Everything about a node that a planted bug may change (`bugs/`). */
import { healthyMachine, type MachineDeviations } from '../protocol/state-machine.ts'
import { type CoreDeviations, healthyCore } from './core/deviations.ts'
import { healthyServer, type ServerDeviations } from './server/deviations.ts'

export interface Deviations {
  readonly core: CoreDeviations
  readonly machine: MachineDeviations
  readonly server: ServerDeviations
}

export const healthy: Deviations = { core: healthyCore, machine: healthyMachine, server: healthyServer }
