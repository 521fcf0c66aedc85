/** Files that grow: what was appended since the last look is read, and nothing twice. */
import fs from 'node:fs'

/** At most so much is read at once, so that a long run that is opened late does not stop everything else. */
const MOST_BYTES = 4 * 2 ** 20

const inLines = (bytes: Buffer): readonly string[] => bytes.toString().split('\n').filter(Boolean)

/** Reads from an open file what is there of a part of it. */
const partOf = (fd: number, from: number, bytes: number): Buffer => {
  const part = Buffer.alloc(bytes)
  return part.subarray(0, fs.readSync(fd, part, 0, bytes, from))
}

/**
 * The whole lines that were appended to a file since the last call. A torn last line waits for its rest: it is read again then,
 * since whoever writes the file may have died, and may cut it off when it begins again.
 */
export class Tail {
  readonly #file: string
  #offset = 0
  /** Longer than the longest line so far. */
  #bytes = MOST_BYTES

  constructor(file: string) {
    this.#file = file
  }

  /** Where what was read as whole lines ends. */
  get offset(): number {
    return this.#offset
  }

  read(): readonly string[] {
    if (!fs.existsSync(this.#file)) return []
    const fd = fs.openSync(this.#file, 'r')
    try {
      const size = Math.min(fs.fstatSync(fd).size - this.#offset, this.#bytes)
      if (size <= 0) return []
      const added = partOf(fd, this.#offset, size)
      const end = added.lastIndexOf('\n') + 1
      if (end === 0 && added.length === this.#bytes) this.#bytes *= 2
      this.#offset += end
      return inLines(added.subarray(0, end))
    } finally {
      fs.closeSync(fd)
    }
  }
}

/** The lines of a part of a file. It begins and ends with whole lines. */
export function* linesBetween(file: string, from: number, to: number): Generator<string> {
  const fd = fs.openSync(file, 'r')
  try {
    let rest: Buffer = Buffer.alloc(0)
    for (let at = from; at < to; ) {
      const part = partOf(fd, at, Math.min(to - at, MOST_BYTES))
      if (part.length === 0) return
      at += part.length
      const all = Buffer.concat([rest, part])
      const end = all.lastIndexOf('\n') + 1
      rest = all.subarray(end)
      yield* inLines(all.subarray(0, end))
    }
  } finally {
    fs.closeSync(fd)
  }
}
