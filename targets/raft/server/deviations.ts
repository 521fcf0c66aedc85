/** Where a planted bug (`../bugs/`) can change the server around the core. */
import { type DutyDeviations, healthyDuties } from '../../protocol/server/duties/deviations.ts'
import type { ClientApi, ServerApi } from './client-api.ts'

export interface ServerDeviations extends DutyDeviations {
  /** The API that clients reach. Called once for each node. */
  readonly clientApiOf: (replica: ServerApi) => ClientApi
}

export const healthyServer: ServerDeviations = { ...healthyDuties, clientApiOf: (replica) => replica }
