/**
 * Scans a long history file on a thread of its own, chunk by chunk, while this thread judges what is there already. Who takes a
 * chunk waits for it, since a sequence has no way to say "later".
 */
import { Buffer } from 'node:buffer'
import fs from 'node:fs'
import os from 'node:os'
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import type { ChunkSource } from '../history/along.ts'
import { columnsIn } from '../history/chunk.ts'
import type { HistoryBuilder } from '../history/columns.ts'
import { UserError } from '../support/assert.ts'
import { linesIn } from './history-file.ts'
import { COUNTS, type NewNames, READ, type ScanJob, type Scanned, SENT, TAKEN } from './scan.ts'
import { SpillFile } from './spill-file.ts'

/** A shorter history is read sooner than a thread starts. */
const LEAST_BYTES = 2 ** 24
/** Almost all objects die at once. */
const YOUNG_MB = 8
/** A thread that has read nothing for so long has died: this one is not told while it waits. */
const SILENT_MS = 120_000

const module = (): URL =>
  new URL(import.meta.filename.endsWith('.ts') ? './scan-worker.ts' : './scan-worker.js', import.meta.url)

/** Whether a thread of its own is worth it for a file, and can be had. */
export const isWorthAThread = (file: string): boolean =>
  fs.statSync(file).size >= LEAST_BYTES && os.availableParallelism() > 1

export class ScanThread implements ChunkSource, AsyncDisposable {
  readonly #name: string
  readonly #worker: Worker
  readonly #port: MessagePort
  readonly #counts = new Int32Array(new SharedArrayBuffer(4 * COUNTS))
  readonly written = new SpillFile()
  notes: readonly string[] = []
  readonly atMost: number

  /** @param name of the file, for messages. Throws what the system says of a file that it does not open */
  constructor(file: string, name: string) {
    const { port1, port2 } = new MessageChannel()
    const job: ScanJob = { file, name, counts: this.#counts, port: port2, fd: this.written.fd }
    this.#name = name
    this.#port = port1
    this.#worker = new Worker(module(), {
      workerData: job,
      transferList: [port2],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    })
    // What it has to say of itself is said through the port.
    this.#worker.on('error', () => {})
    this.#worker.unref()
    try {
      this.atMost = linesIn(file)
    } catch (error) {
      void this.#worker.terminate()
      throw error
    }
  }

  next(to: HistoryBuilder): boolean {
    const scanned = this.#receive()
    switch (scanned.kind) {
      case 'chunk':
        add(scanned, to)
        return true
      case 'end':
        this.notes = scanned.notes
        return false
      case 'error':
        throw scanned.isUserError ? new UserError(scanned.message) : new Error(scanned.message)
    }
  }

  #receive(): Scanned {
    for (;;) {
      const [sent, read] = [Atomics.load(this.#counts, SENT), Atomics.load(this.#counts, READ)]
      const received = receiveMessageOnPort(this.#port)
      if (received !== undefined) {
        Atomics.add(this.#counts, TAKEN, 1)
        Atomics.notify(this.#counts, TAKEN)
        return received.message as Scanned
      }
      const waited = Atomics.wait(this.#counts, SENT, sent, SILENT_MS)
      if (waited === 'timed-out' && read === Atomics.load(this.#counts, READ))
        throw new Error(`the thread that reads ${this.#name} has read nothing for ${SILENT_MS / 1000} s`)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#port.close()
    await this.#worker.terminate()
  }
}

const add = (scanned: Scanned & { kind: 'chunk' }, to: HistoryBuilder): void => {
  const { columns, text, usedBytes, written, places, names } = scanned
  takeNames(names, to)
  const content = { columns: columnsIn(columns), text: Buffer.from(text, 0, usedBytes), count: written.count }
  const chunk = to.chunks.make(content)
  for (const [row, value] of written.long ?? []) chunk.long.set(row, value)
  to.add(chunk, { written, pairs: { places, error: null } })
}

const takeNames = ({ calls, nodes, processes }: NewNames, { names }: HistoryBuilder): void => {
  for (const call of calls) names.calls.codeOf(call)
  for (const node of nodes) names.nodes.codeOf(node)
  for (const process of processes) names.codeOfProcess(process)
}
