/** The codec that the bundled clusters share: lines between nodes, HTTP for clients. A protocol adds its lies. */
import type {
  ByzantineCodec,
  Decoder,
  Epochs,
  Stream,
  Told,
  Traitor,
} from '../../../harness/api/byzantine.ts'
import type { Envelope } from '../commands.ts'
import { CLIENT_PORT, PEER_PORT } from '../wire.ts'
import { FalseAnswers } from './answers.ts'
import { Exchange, encodeAnswer } from './exchanges.ts'
import { encodeLine, LineDecoder } from './lines.ts'
import type { Answer, PeerWords, Words } from './words.ts'

/** What is told instead of a message of the protocol. */
export interface ToldMessage<M> {
  /** On the same stream. */
  readonly instead: readonly M[]
  /** Besides; `from` is whoever it says that it is. */
  readonly also?: readonly Envelope<M>[]
  readonly what: string
}

/** What a protocol knows of lies. */
export interface Liars<M> {
  observe?(envelope: Envelope<M>, direction: Stream['direction']): void
  readonly lies: Readonly<
    Record<string, (envelope: Envelope<M>, direction: Stream['direction']) => ToldMessage<M> | null>
  >
  readonly epochs?: Epochs<Envelope<M>>
  learn?(from: string, knowledge: unknown): void
}

/** How a protocol tells false answers to clients. */
export interface LiarToClients {
  observe?(words: Words<unknown>): void
  tell(words: Words<unknown>): Told<Answer> | null
}

/** The lie that every bundled cluster has. */
export const FALSE_ANSWERS = {
  'false-answers': {
    kind: 'false-answer',
    description: 'clients read other values, and hear of success where there is none',
  },
} as const

const encode = <M>(words: Words<M>): Buffer => {
  if (words.type === 'message') return encodeLine(words)
  if (words.type === 'answer') return encodeAnswer(words)
  throw new Error('a relay makes up no requests')
}

const toldInWords = <M>(words: PeerWords<M>, told: ToldMessage<M>): Told<Words<M>> => ({
  instead: told.instead.map((message) =>
    message === words.envelope.message
      ? words
      : { type: 'message', envelope: { ...words.envelope, message } },
  ),
  also: (told.also ?? []).map((other) => ({ to: other.to, message: { type: 'message', envelope: other } })),
  what: told.what,
})

const epochsInWords = <M>({ proposedIn, sayerIn }: Epochs<Envelope<M>>): Epochs<Words<M>> => ({
  proposedIn: (words) => (words.type === 'message' ? proposedIn(words.envelope) : null),
  sayerIn: (words) => (words.type === 'message' ? sayerIn(words.envelope) : null),
})

const toldToAll = ({ rng }: Traitor): LiarToClients => new FalseAnswers(rng.fork('answers'))

/** @param liarsOf, answersOf called once in each relay */
export const bundledCodec = <M>(
  liarsOf: (traitor: Traitor) => Liars<M>,
  answersOf: (traitor: Traitor) => LiarToClients = toldToAll,
): ByzantineCodec<Words<M>> => ({
  create: (traitor) => {
    const liars = liarsOf(traitor)
    const answers = answersOf(traitor)
    const exchanges = new Map<number, Exchange>()
    const exchangeOf = (connection: number): Exchange => {
      const exchange = exchanges.get(connection) ?? new Exchange()
      exchanges.set(connection, exchange)
      return exchange
    }
    const decoder = ({
      port,
      direction,
      isOpenedByTraitor,
      connection,
    }: Stream): Decoder<Words<M>> | null => {
      // The other direction of a connection between nodes only acknowledges.
      if (port === PEER_PORT)
        return (direction === 'said') === isOpenedByTraitor ? new LineDecoder<M>() : null
      if (port !== CLIENT_PORT || isOpenedByTraitor) return null
      const exchange = exchangeOf(connection)
      return direction === 'heard' ? exchange.requests() : exchange.answers()
    }
    const inMessages = Object.entries(liars.lies).map(([name, tell]) => {
      const lie = (words: Words<M>, { direction }: Stream): Told<Words<M>> | null => {
        if (words.type !== 'message') return null
        const told = tell(words.envelope, direction)
        return told === null ? null : toldInWords(words, told)
      }
      return [name, lie] as const
    })
    return {
      decoder,
      encode,
      observe: (words, { direction }) => {
        if (words.type === 'message') liars.observe?.(words.envelope, direction)
        else answers.observe?.(words)
      },
      lies: {
        ...Object.fromEntries(inMessages),
        'false-answers': (words) => answers.tell(words),
      },
      ...(liars.epochs === undefined ? {} : { epochs: epochsInWords(liars.epochs) }),
      learn: (from, knowledge) => liars.learn?.(from, knowledge),
    }
  },
})
