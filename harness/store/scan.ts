/** What the thread of `scan-thread.ts` is told, and what it says. */
import type { MessagePort } from 'node:worker_threads'
import type { ChunkPairs } from '../history/chunk-pairing.ts'
import type { Place } from '../history/chunks.ts'

/** What both threads count, in shared memory: each waits for the other with it. */
export const SENT = 0
export const TAKEN = 1
/** Pieces of the file. */
export const READ = 2
export const COUNTS = 3

export interface ScanJob {
  readonly file: string
  /** Of the file, for messages. */
  readonly name: string
  readonly counts: Int32Array<SharedArrayBuffer>
  /** Where what it says goes. */
  readonly port: MessagePort
  /** Of the spill to which it writes the chunks. */
  readonly fd: number
}

/** Numbers of calls, nodes and processes are by their first use in the history, so only new names are told. */
export interface NewNames {
  readonly calls: readonly string[]
  readonly nodes: readonly string[]
  readonly processes: readonly (number | 'nemesis')[]
}

export type Scanned =
  | {
      readonly kind: 'chunk'
      readonly columns: ArrayBuffer
      readonly text: ArrayBuffer
      /** Of the text. */
      readonly usedBytes: number
      readonly written: Place
      readonly places: ChunkPairs['places']
      readonly names: NewNames
    }
  | { readonly kind: 'end'; readonly notes: readonly string[] }
  | { readonly kind: 'error'; readonly message: string; readonly isUserError: boolean }
