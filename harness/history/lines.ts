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

/** Calls `take` with each line, but for an empty one at the end. @param pieces of which each is only good until the next one */
export const eachLine = (pieces: Iterable<Uint8Array>, take: (line: Line) => void): void => {
  let number = 0
  /** Of the line that has no end yet. */
  let begun: Buffer[] = []
  for (const piece of pieces) {
    const bytes = asBuffer(piece)
    let start = 0
    let end = bytes.indexOf(LINE_END)
    if (begun.length > 0) {
      if (end === -1) {
        begun.push(Buffer.from(bytes))
        continue
      }
      const line = Buffer.concat([...begun, bytes.subarray(0, end + 1)])
      begun = []
      number++
      take({ bytes: line, start: 0, end: line.length - 1, number, isEnded: true })
      start = end + 1
      end = bytes.indexOf(LINE_END, start)
    }
    while (end !== -1) {
      number++
      take({ bytes, start, end, number, isEnded: true })
      start = end + 1
      end = bytes.indexOf(LINE_END, start)
    }
    if (start < bytes.length) begun.push(Buffer.from(bytes.subarray(start)))
  }
  if (begun.length === 0) return
  const line = Buffer.concat(begun)
  take({ bytes: line, start: 0, end: line.length, number: number + 1, isEnded: false })
}

const asBuffer = (piece: Uint8Array): Buffer =>
  Buffer.isBuffer(piece) ? piece : Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
