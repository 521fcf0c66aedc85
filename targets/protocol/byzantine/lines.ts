/** The frames between nodes (`server/peers.ts`): lines of JSON, of which some begin with a checksum. */
import type { Decoder, Frame } from '../../../harness/api/byzantine.ts'
import type { Envelope } from '../commands.ts'
import type { PeerWords } from './words.ts'

const NEWLINE = 10
/** `#` and eight hexadecimal digits. */
const CHECKSUM = /^#[0-9a-f]{8}/

const wordsIn = <M>(line: Buffer): PeerWords<M> | null => {
  try {
    const envelope = JSON.parse(line.toString().replace(CHECKSUM, '')) as Envelope<M>
    return { type: 'message', envelope }
  } catch {
    return null
  }
}

export class LineDecoder<M> implements Decoder<PeerWords<M>> {
  rest: Buffer = Buffer.alloc(0)

  push(chunk: Buffer): readonly Frame<PeerWords<M>>[] {
    const frames: Frame<PeerWords<M>>[] = []
    let left = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk])
    for (let end = left.indexOf(NEWLINE); end >= 0; end = left.indexOf(NEWLINE)) {
      const bytes = left.subarray(0, end + 1)
      frames.push({ bytes, message: wordsIn<M>(bytes) })
      left = left.subarray(end + 1)
    }
    this.rest = left
    return frames
  }
}

/** Without a checksum, which nobody requires. */
export const encodeLine = <M>({ envelope }: PeerWords<M>): Buffer =>
  Buffer.from(`${JSON.stringify(envelope)}\n`)
