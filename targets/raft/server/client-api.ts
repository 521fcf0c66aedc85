/** The requests that one Raft node takes. */
import type { Call } from '../../../harness/api/history.ts'
import type { NodeId } from '../../protocol/commands.ts'
import type { Answer, Propose, ReplicatedApi } from '../../protocol/server/client-api.ts'

/** Why the leader does not change the members. */
export interface RefusedChange {
  readonly type: 'refused'
  readonly error: string
}

/** The requests of clients. */
export interface ClientApi extends ReplicatedApi {
  changeMembers(
    change: (members: readonly NodeId[]) => readonly NodeId[],
    reply: (answer: Answer | RefusedChange) => void,
  ): void
}

/** The requests of the server's own code besides. */
export interface ServerApi extends ClientApi {
  readonly propose: Propose
  /** The answer by this node's own state, however old that is. */
  localRead(vocabulary: string, call: Call): unknown
}
