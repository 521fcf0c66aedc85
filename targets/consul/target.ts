/** Consul 1.15.4: servers that replicate a key-value store and sessions by Raft. */
import { defineTarget } from '../../harness/support/define.ts'
import { claimsOf } from './claims.ts'
import { consulClients } from './client.ts'
import { launchNode } from './launch.ts'
import { consulOptions } from './options.ts'
import { consulPrograms, VERSION } from './program.ts'
import { isReady, statusOf } from './status.ts'

export const consul = defineTarget({
  name: 'consul',
  description: `Consul ${VERSION}, the newest under an open source licence: key-value store and sessions, replicated by Raft`,
  options: consulOptions,
  nodes: { default: 3, min: 1 },
  bugs: [],
  image: 'consul',
  programs: consulPrograms,
  claims: claimsOf,
  clients: consulClients,
  launch: launchNode,
  ready: isReady,
  status: statusOf,
})
