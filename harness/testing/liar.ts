/** A codec's lies, asked without a relay: what a traitor n3 of three nodes says instead of what. */
import type { ByzantineCodec, Liar, Stream, Traitor } from '../api/byzantine.ts'
import { rngFromSeed } from '../support/random.ts'

export const PEER_STREAMS = {
  said: { connection: 1, direction: 'said', peer: 'n1', port: 9000, isOpenedByTraitor: true },
  heard: { connection: 2, direction: 'heard', peer: 'n1', port: 9000, isOpenedByTraitor: false },
} as const satisfies Record<string, Stream>

export const CLIENT_STREAMS = {
  said: { connection: 3, direction: 'said', peer: null, port: 8000, isOpenedByTraitor: false },
  heard: { connection: 3, direction: 'heard', peer: null, port: 8000, isOpenedByTraitor: false },
} as const satisfies Record<string, Stream>

interface Spoken {
  readonly liar: Liar
  readonly shared: readonly unknown[]
}

/** @param accomplices names of other traitors */
export const liarOf = <M>(codec: ByzantineCodec<M>, accomplices: readonly string[] = []): Spoken => {
  const shared: unknown[] = []
  const traitor: Traitor = {
    node: 'n3',
    nodes: { n1: '198.18.0.1', n2: '198.18.0.2', n3: '198.18.0.3' },
    secrets: null,
    accomplices: Object.fromEntries(accomplices.map((name) => [name, null])),
    rng: rngFromSeed(1),
    share: (knowledge) => void shared.push(knowledge),
  }
  return { liar: codec.create(traitor) as Liar, shared }
}

/** A message between nodes of a bundled cluster, as its codec reads it. */
export const words = (from: string, to: string, message: unknown) => ({
  type: 'message',
  envelope: { from, to, message },
})

/** The write of a client, in an entry of a log. */
export const writeOf = (seq: number, value: number) =>
  ({
    kind: 'op',
    session: 1,
    seq,
    vocabulary: 'register',
    call: { f: 'write', value: { key: 'k', value } },
  }) as const

/** What the lie makes of a message that is seen on the stream. */
export const tell = (liar: Liar, lie: string, message: unknown, stream: Stream) => {
  liar.observe?.(message, stream)
  return liar.lies[lie]?.(message, stream) ?? null
}
