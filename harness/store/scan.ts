/** What the thread of `scan-thread.ts` is told, and what it says. */
import type { MessagePort } from 'node:worker_threads'
import type { ChunkColumns } from '../history/chunk.ts'

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
      readonly columns: ChunkColumns
      readonly text: ArrayBuffer
      readonly usedBytes: number
      readonly count: number
      /** Rows whose values were sent before, one after another. */
      readonly long: readonly number[]
      readonly names: NewNames
    }
  /** Of the next chunk. */
  | { readonly kind: 'long value'; readonly bytes: ArrayBuffer }
  | { readonly kind: 'end'; readonly notes: readonly string[] }
  | { readonly kind: 'error'; readonly message: string; readonly isUserError: boolean }
