/** The thread of `scan-thread.ts`. */
import { workerData } from 'node:worker_threads'
import { Chunk, Dictionary } from '../history/chunk.ts'
import type { ChunkTaker } from '../history/chunk-builder.ts'
import { isLong } from '../history/chunks.ts'
import { LineDecoder } from '../history/jsonl.ts'
import { HeldTimes } from '../history/times.ts'
import { messageOf, UserError } from '../support/assert.ts'
import type { Part } from '../support/parts.ts'
import { piecesOf } from './history-file.ts'
import { type NewNames, READ, type ScanJob, type Scanned, SENT, TAKEN } from './scan.ts'

/** Messages that wait to be taken: more would only take memory. */
const MOST_AHEAD = 4
/** A long value is no part of this thread's chunks. Where it stands is found by the one who takes it. */
const ELSEWHERE: Part = { offset: 0, bytes: 0, checksum: 0 }

const { file, name, counts, port } = workerData as ScanJob

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

const noSpill = (): never => {
  throw new Error('the values of a chunk are read where it is taken')
}

class Sender implements ChunkTaker {
  readonly names = new Dictionary()
  #calls = 0
  #nodes = 0
  #processes = 0

  make(): Chunk {
    return new Chunk(this.names, noSpill)
  }

  spillLong(chunk: Chunk | null, bytes: Buffer, start: number, end: number): Part | null {
    if (!isLong(chunk, end - start)) return null
    const value = new Uint8Array(bytes.subarray(start, end)).buffer
    say({ kind: 'long value', bytes: value }, [value])
    return ELSEWHERE
  }

  add(chunk: Chunk): void {
    const { columns, count } = chunk
    const text = chunk.text.buffer as ArrayBuffer
    const moved = [...Object.values(columns).map(({ buffer }) => buffer as ArrayBuffer), text]
    const long = [...chunk.long.keys()]
    const names = this.#newNames()
    say({ kind: 'chunk', columns, text, usedBytes: chunk.used(), count, long, names }, moved)
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
