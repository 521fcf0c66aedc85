/** MariaDB 10.11 with Galera 4, as Debian ships them: every node accepts reads and writes. */
import type { Endpoint } from '../../harness/api/client.ts'
import { defineTarget } from '../../harness/support/define.ts'
import { claimsOf } from './claims.ts'
import { galeraClients } from './client.ts'
import { connectTo } from './connect.ts'
import { launchNode } from './launch.ts'
import { galeraOptions } from './options.ts'
import { SCHEMA } from './schema.ts'
import { isReady, statusOf } from './status.ts'

const SERVER = 'mariadbd'

/** The server's own, those of the scripts that copy a node's data, and their libraries. */
const PACKAGES = [
  'mariadb-server-core mariadb-server mariadb-client mariadb-client-core mariadb-common galera-4 rsync lsof',
  'libaio1 libnuma1 libpcre2-8-0 libssl3 libsystemd0 liburing2 libpopt0 libxxhash0 libzstd1 liblz4-1 libmariadb3',
].join(' ')

/** Statements that define something are carried out on all nodes at the same place of their order. */
const setUp = async (nodes: readonly Endpoint[], signal: AbortSignal): Promise<void> => {
  const session = await connectTo(nodes[0] as Endpoint, undefined, signal)
  try {
    for (const statement of SCHEMA) await session.ask(statement, [], signal)
  } finally {
    session.close()
  }
}

export const galera = defineTarget({
  name: 'galera',
  description: 'MariaDB 10.11 with Galera, as Debian ships them; every node accepts reads and writes',
  options: galeraOptions,
  nodes: { default: 3, min: 1, max: 7 },
  bugs: [],
  image: 'galera',
  programs: { [SERVER]: PACKAGES },
  claims: claimsOf,
  clients: galeraClients,
  launch: (node, plan, program) => launchNode(node, plan, program(SERVER)),
  ready: isReady,
  status: statusOf,
  setUp: (nodes, _options, signal) => setUp(nodes, signal),
  // A node that finds no primary component within its time ends. A service tries again, as that of Debian after a crash.
  restartsAfterMs: 5000,
  requires: { diskBytes: 1_000_000_000, memoryBytes: 1_000_000_000 },
})
