/** The lies of Paxos (`byzantine.ts`), told by a relay. Sections are those of "Paxos Made Simple". */
import type { Epochs, Stream, Traitor } from '../../harness/api/byzantine.ts'
import { bundledCodec, type Liars, type ToldMessage } from '../protocol/byzantine/codec.ts'
import { Forger } from '../protocol/byzantine/forgery.ts'
import { inShort, otherCommand } from '../protocol/byzantine/values.ts'
import type { NodeId } from '../protocol/commands.ts'
import type { PAXOS_LIES } from './byzantine.ts'
import type { Entry, Envelope, Message } from './core/types.ts'

type Accept = Message & { readonly type: 'accept' }
type Told = ToldMessage<Message>
type Tell = (envelope: Envelope, direction: Stream['direction']) => Told | null

/** Ballots (2.2). An acceptor that has promised one accepts no proposal of an earlier one. */
const ballots: Epochs<Envelope> = {
  proposedIn: ({ message }) =>
    message.type === 'accept' && message.entries.length > 0 ? message.ballot : null,
  sayerIn: ({ message }) => {
    if (message.type === 'refuse') return message.promised
    return 'ballot' in message ? message.ballot : null
  },
}

class PaxosLiars implements Liars<Message> {
  readonly #traitor: Traitor
  readonly #forger: Forger
  /** What each peer last asked for: a promise, or that values are accepted. */
  readonly #asked = new Map<NodeId, Message>()
  /** Rounds of each peer whose values were not stored: round -> slots. */
  readonly #unstored = new Map<string, readonly number[]>()
  readonly epochs = ballots
  /** What an accomplice has forged. */
  #shared: Accept | null = null

  constructor(traitor: Traitor) {
    this.#traitor = traitor
    this.#forger = new Forger(traitor.rng.fork('forger'))
  }

  observe({ from, message }: Envelope, direction: Stream['direction']): void {
    if (message.type === 'accept') this.#forger.observe(message.entries.map(({ command }) => command))
    if (direction === 'heard' && (message.type === 'prepare' || message.type === 'accept'))
      this.#asked.set(from, message)
  }

  learn(_from: string, knowledge: unknown): void {
    this.#shared = knowledge as Accept
  }

  readonly lies: Readonly<Record<keyof typeof PAXOS_LIES, Tell>> = {
    'promises-to-all': ({ to, message }, direction) => {
      const asked = this.#asked.get(to)
      if (direction === 'heard' || message.type !== 'refuse' || asked === undefined) return null
      const { ballot } = message
      if (asked.type === 'prepare' && asked.ballot === ballot)
        return {
          instead: [{ type: 'promise', ballot, chosenTo: 0, accepted: [] }],
          what: `promises ballot ${ballot} instead of refusing it for ${message.promised}`,
        }
      if (asked.type !== 'accept' || asked.ballot !== ballot) return null
      const slots = asked.entries.map(({ slot }) => slot)
      return {
        instead: [{ type: 'accepted', ballot, slots, round: asked.round }],
        what: `accepts ballot ${ballot} instead of refusing it for ${message.promised}`,
      }
    },
    'promises-forget': ({ message }, direction) => {
      if (direction === 'heard' || message.type !== 'promise') return null
      if (message.accepted.length === 0 && message.chosenTo === 0) return null
      return {
        instead: [{ ...message, chosenTo: 0, accepted: [] }],
        what: `promises ballot ${message.ballot} with nothing accepted instead of ${message.accepted.length} values after ${message.chosenTo}`,
      }
    },
    'values-differ': ({ to, message }, direction) =>
      message.type === 'accept' ? this.#changed(message, direction, to) : null,
    'values-changed': ({ message }, direction) => this.#changed(message, direction, 'all'),
    'values-never-chosen': (envelope, direction) => {
      const forged = this.#forge(envelope, direction)
      if (forged === null) return null
      const { entries, chosenTo } = forged
      return this.#spread(envelope, { type: 'learn', entries, chosenTo }, this.#traitor.node)
    },
    'forged-proposals': (envelope, direction) => {
      const forged = this.#forge(envelope, direction)
      return forged === null ? null : this.#spread(envelope, forged, envelope.from)
    },
    'joint-forgery': (envelope, direction) => {
      if (Object.keys(this.#traitor.accomplices).length === 0) return null
      if (this.#shared !== null && direction === 'heard') {
        const shared = this.#shared
        this.#shared = null
        return this.#spread(envelope, shared, envelope.from)
      }
      const forged = this.#forge(envelope, direction)
      if (forged === null) return null
      this.#traitor.share(forged)
      return this.#spread(envelope, forged, envelope.from)
    },
    'accepted-unstored': ({ from, to, message }, direction) => {
      if (direction === 'heard') {
        if (message.type !== 'accept' || message.entries.length === 0) return null
        this.#unstored.set(
          `${from} ${message.round}`,
          message.entries.map(({ slot }) => slot),
        )
        const what = `${message.entries.length} values of ballot ${message.ballot} not stored`
        return { instead: [{ ...message, entries: [] }], what }
      }
      if (message.type !== 'accepted') return null
      const key = `${to} ${message.round}`
      const slots = this.#unstored.get(key)
      if (slots === undefined) return null
      this.#unstored.delete(key)
      const what = `accepts slots ${slots.join(', ')} that are not stored`
      return { instead: [{ ...message, slots: [...message.slots, ...slots] }], what }
    },
  }

  /** @param words the same ones change the same value in the same way */
  #changed(message: Message, direction: Stream['direction'], words: string): Told | null {
    if (direction === 'heard' || (message.type !== 'accept' && message.type !== 'learn')) return null
    let what: string | null = null
    const entries = message.entries.map((entry): Entry => {
      const command = otherCommand(entry.command, this.#traitor.rng.fork(words, entry.slot, entry.proposed))
      if (command === null) return entry
      what ??= `slot ${entry.slot}: ${inShort(command)} instead of ${inShort(entry.command)}`
      return { ...entry, command }
    })
    return what === null ? null : { instead: [{ ...message, entries }], what }
  }

  /** The value of the slot after the last one of a leader, before the leader has proposed it. */
  #forge({ message }: Envelope, direction: Stream['direction']): Accept | null {
    if (direction === 'said' || message.type !== 'accept') return null
    const last = message.entries.at(-1)
    const command = this.#forger.make()
    if (last === undefined || command === null) return null
    const { ballot, round } = message
    const slot = last.slot + 1
    return { type: 'accept', ballot, entries: [{ slot, proposed: ballot, command }], chosenTo: slot, round }
  }

  /** To the others; what was heard is heard unchanged. @param name the sender that it claims */
  #spread(
    { from, message }: Envelope,
    forged: Message & { readonly entries: readonly Entry[] },
    name: NodeId,
  ): Told {
    const { node, nodes, accomplices } = this.#traitor
    const others = Object.keys(nodes).filter(
      (other) => other !== node && other !== from && accomplices[other] === undefined,
    )
    const [entry] = forged.entries
    return {
      instead: [message],
      also: others.map((to) => ({ from: name, to, message: forged })),
      what: `${forged.type} in the name of ${name}: slot ${entry?.slot}, ${inShort(entry?.command)}`,
    }
  }
}

export default bundledCodec<Message>((traitor) => new PaxosLiars(traitor))
