/** What `faultline conform` observes of a target, as plain data: it is written to a file and judged afterwards. */
import type { Outcome } from '../../api/history.ts'

/**
 * What is done to the node that a call goes to, or to the call's connection:
 *
 * - `stopped`: the node is down; `paused`: all its processes are stopped;
 * - `cut`: what is sent does not arrive, and nothing comes back; the connection stays open;
 * - `lost reply`: what is sent arrives, and nothing comes back;
 * - `reset`: what is sent arrives, and then the connection is reset. New connections work.
 */
export const SITUATIONS = ['stopped', 'paused', 'cut', 'lost reply', 'reset'] as const
export type Situation = 'healthy' | (typeof SITUATIONS)[number]

/** One call of a client, seen from both ends. */
export interface CallSeen {
  readonly vocabulary: string
  readonly f: string
  readonly situation: Situation
  /** Null: it did not settle, or it threw. */
  readonly outcome: Outcome | null
  /** What it threw. */
  readonly thrown: string | null
  /** How long after its signal was aborted it settled; 0: before. Null: it never did. */
  readonly lateMs: number | null
  /** It may change something. */
  readonly changes: boolean
  /** Calls of this kind, and calls about its objects, were answered on this connection before: it sends only its requests. */
  readonly isWarm: boolean
  /** How many exchanges such calls need at most: something is sent, and something comes back. Null: that is not known. */
  readonly steps: number | null
  /** How many it needed itself. */
  readonly exchanges: number
  /** It came to the last exchange, which the situation hits. Where the whole node is hit, the first. */
  readonly isReached: boolean
  /** What it sent, and what it got back, from that exchange on. */
  readonly sentBytes: number
  readonly receivedBytes: number
  /** How often its request was sent again. */
  readonly repeats: number
  /** Why its answer does not fit the vocabulary. */
  readonly misfit: string | null
  /** It may hand over what arrived earlier. */
  readonly delivers: boolean
}

/** One connection of a client, from its opening to its end. */
export interface ConnectionSeen {
  readonly vocabulary: string
  /** The address that it was told to connect from. */
  readonly told: string
  /** The addresses that it connected from. */
  readonly sources: readonly string[]
  /** Why it could not be opened although the cluster was healthy. */
  readonly refused: string | null
  /** What disposing of it threw, or that it took too long. */
  readonly disposal: string | null
  /** Sockets that were open a second after it was disposed of. */
  readonly leftOpen: number
}

/** What a hook of the target said of a node. */
export interface HookSeen {
  readonly hook: 'ready' | 'status'
  readonly state: 'healthy' | 'stopped' | 'paused'
  readonly node: string
  /** What it resolved with, as JSON; null: it rejected, or did not settle. */
  readonly said: unknown
  readonly rejected: string | null
  /** Milliseconds until it settled; null: it did not, though its signal was aborted long before. */
  readonly tookMs: number | null
  /** When its signal was aborted. */
  readonly limitMs: number
}

/** What a node did when it was stopped or started. */
export interface Turn {
  readonly what: 'first start' | 'stop' | 'restart' | 'resume'
  readonly tookMs: number
  /** Why it did not work. */
  readonly problem: string | null
}

export interface Escapes {
  /** Processes of the nodes that ran when all nodes were down; null: they cannot be told from others here. */
  readonly processes: readonly string[] | null
  /** Files outside of the nodes' own folders that their processes had open for writing. */
  readonly files: readonly string[]
}

export interface Observations {
  readonly nodes: readonly string[]
  readonly hasStatus: boolean
  readonly calls: readonly CallSeen[]
  readonly connections: readonly ConnectionSeen[]
  /** Vocabulary -> calls that were to be tested. */
  readonly asked: Readonly<Record<string, readonly string[]>>
  readonly hooks: readonly HookSeen[]
  readonly turns: readonly Turn[]
  readonly escapes: Escapes
  /** Vocabulary -> what its clients threw outside of any call. */
  readonly strays: Readonly<Record<string, readonly string[]>>
}
