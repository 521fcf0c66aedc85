/** Everything that a planted bug may change (`bugs/`). */
import { type CoreDeviations, healthyCore } from './core/deviations.ts'
import { healthyService, type ServiceDeviations } from './view-service/deviations.ts'

export interface Deviations {
  readonly core: CoreDeviations
  readonly service: ServiceDeviations
}

export const healthy: Deviations = { core: healthyCore, service: healthyService }
