/** The thread of `scan-thread.ts`. */
import { workerData } from 'node:worker_threads'
import { type Chunk, Dictionary } from '../history/chunk.ts'
import type { ChunkTaker } from '../history/chunk-builder.ts'
import { ChunkPairing } from '../history/chunk-pairing.ts'
import { Chunks, type Place } from '../history/chunks.ts'
import { LineDecoder } from '../history/jsonl.ts'
import { HeldTimes } from '../history/times.ts'
import { messageOf, UserError } from '../support/assert.ts'
import type { Part } from '../support/parts.ts'
import { piecesOf } from './history-file.ts'
import { type NewNames, READ, type ScanJob, type Scanned, SENT, TAKEN } from './scan.ts'
import { spillOfOther } from './spill-file.ts'

/** Messages that wait to be taken: more would only take memory. */
const MOST_AHEAD = 4
const { file, name, counts, port, fd } = workerData as ScanJob

const waitForRoom = (): void => {
  for (;;) {
    const taken = Atomics.load(counts, TAKEN)
    if (Atomics.load(counts, SENT) - taken < MOST_AHEAD) return
    Atomics.wait(counts, TAKEN, taken)
  }
}

const say = (scanned: Scanned, moved: readonly ArrayBuffer[] = []): void => {
  waitForRoom()
  port.postMessage(scanned, moved)
  Atomics.add(counts, SENT, 1)
  Atomics.notify(counts, SENT)
}

/** What was not there before. */
const newIn = <T>(all: readonly T[], known: number): readonly T[] =>
  all.length === known ? [] : all.slice(known)

/** Pairs the chunks, writes them to the spill, and gives them to the other thread. */
class Sender implements ChunkTaker {
  readonly names = new Dictionary()
  readonly #chunks: Chunks
  readonly #pairing = new ChunkPairing()
  #calls = 0
  #nodes = 0
  #processes = 0

  constructor() {
    const spill = spillOfOther(fd)
    this.#chunks = new Chunks(this.names, { makeSpill: () => spill, mostInMemory: 0 })
  }

  make(): Chunk {
    return this.#chunks.make()
  }

  spillLong(chunk: Chunk | null, bytes: Buffer, start: number, end: number): Part | null {
    return this.#chunks.spillLong(chunk, bytes, start, end)
  }

  add(chunk: Chunk): void {
    const { places, error } = this.#pairing.of(chunk)
    chunk.count = places.length
    const written = this.#chunks.add(chunk) as Place
    const [columns, text] = [chunk.columns.timeNs.buffer, chunk.text.buffer as ArrayBuffer]
    const told = { usedBytes: chunk.text.length, written, places, names: this.#newNames() }
    say({ kind: 'chunk', columns, text, ...told }, [columns, text, places.buffer])
    if (error !== null) throw error
  }

  #newNames(): NewNames {
    const [calls, nodes, processes] = [this.names.calls.all(), this.names.nodes.all(), this.names.processes()]
    const names = {
      calls: newIn(calls, this.#calls),
      nodes: newIn(nodes, this.#nodes),
      processes: newIn(processes, this.#processes),
    }
    this.#calls = calls.length
    this.#nodes = nodes.length
    this.#processes = processes.length
    return names
  }
}

function* counted(pieces: Iterable<Buffer>): Iterable<Buffer> {
  for (const piece of pieces) {
    Atomics.add(counts, READ, 1)
    yield piece
  }
}

const scan = (): Scanned => {
  try {
    const [sender, times] = [new Sender(), new HeldTimes()]
    const decoder = new LineDecoder({ name, timeOf: (timeNs) => times.next(timeNs) }, sender.names, sender)
    const notes = decoder.take(counted(piecesOf(file)))
    return { kind: 'end', notes: [...notes, ...times.notes()] }
  } catch (error) {
    return { kind: 'error', message: messageOf(error), isUserError: error instanceof UserError }
  }
}

say(scan())
