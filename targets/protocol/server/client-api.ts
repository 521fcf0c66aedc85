/** The requests that one node takes, and its answers. */
import type { Call } from '../../../harness/api/history.ts'
import type { NodeStatus } from '../../../harness/api/target.ts'
import type { Command, NodeId } from '../commands.ts'
import type { Applied } from '../state-machine.ts'

export type Answer =
  /** `stale`: it is of a node that cannot know whether it is the present state, and says so. */
  | (Applied & {
      readonly index?: number
      readonly term?: number
      readonly stale?: true
      /** The nodes of which it is known that they had it on disk. */
      readonly acceptedBy?: readonly NodeId[]
    })
  /** It was never proposed here. */
  | { readonly type: 'not-leader'; readonly leader: NodeId | null }
  /** Another entry was committed in its place: it never happened. */
  | { readonly type: 'superseded' }
  /** A snapshot replaced the entries around it: this node cannot tell whether it happened. */
  | { readonly type: 'unknown' }

export type Reply = (answer: Answer) => void

/** Proposes an entry of the cluster's own, which no client waits for. */
export type Propose = (vocabulary: string, call: Call) => void

/** The requests of clients. */
export interface ReplicatedApi {
  submit(command: Command, reply: Reply): void
  /** For a call that changes nothing. */
  read(vocabulary: string, call: Call, reply: Reply): void
  status(): NodeStatus & { readonly ready: boolean }
}
