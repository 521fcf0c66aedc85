/** What can be asked of one node, and what it answers. */
import type { Call } from '../../../harness/api/history.ts'
import type { NodeStatus } from '../../../harness/api/target.ts'
import type { Command, NodeId } from '../core/types.ts'
import type { Applied } from '../state-machine.ts'

export type Answer =
  | (Applied & { readonly index?: number; readonly term?: number })
  /** It was never proposed here. */
  | { readonly type: 'not-leader'; readonly leader: NodeId | null }
  /** Another entry was committed in its place: it never happened. */
  | { readonly type: 'superseded' }
  /** A snapshot replaced the entries around it: this node cannot tell whether it happened. */
  | { readonly type: 'unknown' }

export type Reply = (answer: Answer) => void

/** An entry of the cluster's own, for no client. */
export type Propose = (vocabulary: string, call: Call) => void

/** What clients can ask. */
export interface ClientApi {
  submit(command: Command, reply: Reply): void
  /** For a call that changes nothing. */
  read(vocabulary: string, call: Call, reply: Reply): void
  changeMembers(
    change: (members: readonly NodeId[]) => readonly NodeId[],
    reply: (answer: Answer | { readonly type: 'refused-change'; readonly error: string }) => void,
  ): void
  status(): NodeStatus & { readonly ready: boolean }
}

/** What the server's own code can ask besides. */
export interface ServerApi extends ClientApi {
  readonly propose: Propose
  /** What this node's own state answers, however old it is. */
  localRead(vocabulary: string, call: Call): unknown
}
