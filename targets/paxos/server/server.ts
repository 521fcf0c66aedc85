/** A replica of Paxos as a server: what it tells of itself. */
import { RecentDigests } from '../../protocol/server/recent-digests.ts'
import { ReplicaServer, type Standing } from '../../protocol/server/replica-server.ts'
import type { PaxosCore } from '../core/paxos.ts'
import type { Message } from '../core/types.ts'
import { Replica, type ReplicaOptions } from '../replica.ts'

interface ServerOptions extends ReplicaOptions {
  readonly log: (message: string) => void
  /** Address of the sink, where effects happen; null: there is none. */
  readonly sink: string | null
}

const standingOf = ({ role, promised, leader, decisions }: PaxosCore): Standing => ({
  role,
  term: promised,
  leader,
  ...(role === 'leader' ? { decisions } : {}),
})

export const serverOf = (options: ServerOptions): ReplicaServer<Message> => {
  const { config, log, sink } = options
  const digests = new RecentDigests()
  const replica = new Replica({
    ...options,
    onApplied: ({ slot }, machine) => digests.applied(slot, machine),
    onSnapshot: (did, index) => log(`${did} snapshot at slot ${index}`),
  })
  const { core } = replica
  return new ReplicaServer({
    ...{ id: config.id, members: config.members, replica, digests, log, sink },
    standing: standingOf(core),
    view: {
      standing: () => standingOf(core),
      positions: () => ({ commitIndex: core.chosenTo, snapshotIndex: core.snapshotIndex }),
      isReady: ({ leader }) => leader !== null,
      leadsIn: () => (core.role === 'leader' ? core.promised : null),
      line: () => `${core.role} in ballot ${core.promised}, leader ${core.leader ?? 'unknown'}`,
    },
  })
}
