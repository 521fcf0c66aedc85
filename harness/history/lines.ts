/** The lines of a file that comes in pieces. */
import { Buffer } from 'node:buffer'

const LINE_END = 0x0a

/** One line: bytes from `start` to before `end`. They are only good until the next one. */
export interface Line {
  readonly bytes: Buffer
  readonly start: number
  readonly end: number
  /** From 1. */
  readonly number: number
  /** False: nothing stands behind it, not even a line end. */
  readonly isEnded: boolean
}

/** Calls `take` with each line, but for an empty one at the end. */
export const eachLine = (pieces: Iterable<Uint8Array>, take: (line: Line) => void): void => {
  let number = 0
  let rest: Buffer | null = null
  for (const piece of pieces) {
    const bytes: Buffer = rest === null ? asBuffer(piece) : Buffer.concat([rest, piece])
    let start = 0
    // Only what is new can hold the end of the line that had none.
    let end = bytes.indexOf(LINE_END, rest?.length ?? 0)
    while (end !== -1) {
      number++
      take({ bytes, start, end, number, isEnded: true })
      start = end + 1
      end = bytes.indexOf(LINE_END, start)
    }
    rest = start === bytes.length ? null : Buffer.from(bytes.subarray(start))
  }
  if (rest !== null) take({ bytes: rest, start: 0, end: rest.length, number: number + 1, isEnded: false })
}

const asBuffer = (piece: Uint8Array): Buffer =>
  Buffer.isBuffer(piece) ? piece : Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
