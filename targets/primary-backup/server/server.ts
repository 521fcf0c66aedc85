/** A replica of the primary or a backup as a server: what it tells of itself. */
import { RecentDigests } from '../../protocol/server/recent-digests.ts'
import { ReplicaServer } from '../../protocol/server/replica-server.ts'
import type { PrimaryBackupCore } from '../core/core.ts'
import type { Message } from '../core/types.ts'
import { Replica, type ReplicaOptions } from '../replica.ts'

interface ServerOptions extends ReplicaOptions {
  readonly log: (message: string) => void
  /** Address of the sink, where effects happen; null: there is none. */
  readonly sink: string | null
}

const lineOf = ({ role, view, primary, inSync }: PrimaryBackupCore): string => {
  const backups = role === 'primary' ? `, in sync ${inSync.join(' ') || 'nobody'}` : ''
  return `${role} in view ${view}, primary ${primary ?? 'unknown'}${backups}`
}

export const serverOf = (options: ServerOptions): ReplicaServer<Message> => {
  const { config, disk, log, sink } = options
  const digests = new RecentDigests()
  const replica: Replica = new Replica({
    ...options,
    onApplied: ({ index }, machine) => digests.applied(index, machine),
    onSnapshot: (did, index) => log(`${did} a snapshot at index ${index}`),
    onRebuilt: () => {
      digests.forget()
      log(`what was applied is taken back to index ${replica.machineAt}`)
    },
  })
  const { core } = replica
  return new ReplicaServer({
    ...{ id: config.id, members: config.nodes, replica, digests, log, sink },
    standing: { role: 'follower', term: disk.restored.view, leader: null },
    view: {
      standing: () => ({
        role: core.role === 'primary' ? 'leader' : 'follower',
        term: core.view,
        leader: core.primary,
      }),
      positions: () => ({ commitIndex: core.commit, snapshotIndex: core.snapshot.index }),
      isReady: () => core.isReady,
      leadsIn: () => (core.role === 'primary' && core.mayRead() === 'yes' ? core.view : null),
      line: () => lineOf(core),
    },
  })
}
