/** The lies of Raft (`byzantine.ts`), told by a relay. Sections are those of the Raft paper. */
import type { Epochs, Stream, Traitor } from '../../harness/api/byzantine.ts'
import { bundledCodec, type Liars, type ToldMessage } from '../protocol/byzantine/codec.ts'
import { Forger } from '../protocol/byzantine/forgery.ts'
import { inShort, otherCommand } from '../protocol/byzantine/values.ts'
import type { NodeId } from '../protocol/commands.ts'
import type { RAFT_LIES } from './byzantine.ts'
import type { Entry, Envelope, Message } from './core/types.ts'

type Append = Message & { readonly type: 'append' }
type Told = ToldMessage<Message>
type Tell = (envelope: Envelope, direction: Stream['direction']) => Told | null

const lastOf = ({ prevIndex, entries }: Append): number => prevIndex + entries.length

/** Terms (5.1). Only a leader sends entries, and a follower takes none of an earlier term. A pre-vote is asked for a term that nobody is in yet. */
const terms: Epochs<Envelope> = {
  proposedIn: ({ message }) =>
    message.type === 'append' && message.entries.length > 0 ? message.term : null,
  sayerIn: ({ message: { type, term } }) => (type === 'preVote' || type === 'preVoteReply' ? null : term),
}

class RaftLiars implements Liars<Message> {
  readonly #traitor: Traitor
  readonly #forger: Forger
  /** The term in which each peer last asked for a vote. */
  readonly #asked = new Map<NodeId, number>()
  /** The last entry that each leader has sent, stored or not. */
  readonly #sent = new Map<NodeId, number>()
  readonly epochs = terms
  /** What an accomplice has forged. */
  #shared: Append | null = null

  constructor(traitor: Traitor) {
    this.#traitor = traitor
    this.#forger = new Forger(traitor.rng.fork('forger'))
  }

  observe({ from, message }: Envelope, direction: Stream['direction']): void {
    if (message.type === 'append') this.#forger.observe(message.entries.map(({ command }) => command))
    if (direction === 'said') return
    if (message.type === 'vote' || message.type === 'preVote') this.#asked.set(from, message.term)
    if (message.type === 'append') this.#sent.set(from, Math.max(this.#sent.get(from) ?? 0, lastOf(message)))
  }

  learn(_from: string, knowledge: unknown): void {
    this.#shared = knowledge as Append
  }

  readonly lies: Readonly<Record<keyof typeof RAFT_LIES, Tell>> = {
    'votes-for-all': ({ to, message }, direction) => {
      if (direction === 'heard' || (message.type !== 'voteReply' && message.type !== 'preVoteReply'))
        return null
      const term = this.#asked.get(to) ?? message.term
      if (message.granted && message.term === term) return null
      const what = `${message.type} term ${term}: granted instead of refused`
      return { instead: [{ ...message, term, granted: true }], what }
    },
    'entries-differ': ({ to, message }, direction) => this.#changed(message, direction, to),
    'entries-changed': ({ message }, direction) => this.#changed(message, direction, 'all'),
    'forged-entries': (envelope, direction) => {
      const forged = this.#forge(envelope, direction)
      return forged === null ? null : this.#spread(envelope, forged)
    },
    'joint-forgery': (envelope, direction) => {
      if (Object.keys(this.#traitor.accomplices).length === 0) return null
      if (this.#shared !== null && direction === 'heard') {
        const shared = this.#shared
        this.#shared = null
        return this.#spread(envelope, shared)
      }
      const forged = this.#forge(envelope, direction)
      if (forged === null) return null
      this.#traitor.share(forged)
      return this.#spread(envelope, forged)
    },
    'acknowledged-unstored': ({ to, message }, direction) => {
      if (direction === 'heard') {
        if (message.type !== 'append' || message.entries.length === 0) return null
        const what = `${message.entries.length} entries after ${message.prevIndex} not stored`
        return { instead: [{ ...message, entries: [] }], what }
      }
      const sent = this.#sent.get(to) ?? 0
      if (message.type !== 'appendReply' || (message.success && message.index >= sent)) return null
      const what = `entries to ${sent} stored instead of ${message.success ? `to ${message.index}` : 'refused'}`
      return { instead: [{ ...message, success: true, index: sent }], what }
    },
  }

  /** @param words the same ones change the same entry in the same way */
  #changed(message: Message, direction: Stream['direction'], words: string): Told | null {
    if (direction === 'heard' || message.type !== 'append') return null
    let what: string | null = null
    const entries = message.entries.map((entry): Entry => {
      const command = otherCommand(entry.command, this.#traitor.rng.fork(words, entry.index, entry.term))
      if (command === null) return entry
      what ??= `entry ${entry.index} of term ${entry.term}: ${inShort(command)} instead of ${inShort(entry.command)}`
      return { ...entry, command }
    })
    return what === null ? null : { instead: [{ ...message, entries }], what }
  }

  /** The entry after the last one of a leader, before the leader has made it. */
  #forge({ message }: Envelope, direction: Stream['direction']): Append | null {
    if (direction === 'said' || message.type !== 'append' || message.entries.length === 0) return null
    const command = this.#forger.make()
    if (command === null) return null
    const { term, round } = message
    const prevIndex = lastOf(message)
    const entry: Entry = { index: prevIndex + 1, term, command }
    return {
      type: 'append',
      term,
      prevIndex,
      prevTerm: message.entries.at(-1)?.term ?? term,
      entries: [entry],
      commit: entry.index,
      round,
    }
  }

  /** In the name of the leader that was heard, to the others; what it said itself is heard unchanged. */
  #spread({ from, message }: Envelope, forged: Append): Told {
    const { node, nodes, accomplices } = this.#traitor
    const others = Object.keys(nodes).filter(
      (name) => name !== node && name !== from && accomplices[name] === undefined,
    )
    const [entry] = forged.entries
    return {
      instead: [message],
      also: others.map((to) => ({ from, to, message: forged })),
      what: `in the name of ${from}: entry ${entry?.index} of term ${forged.term}, ${inShort(entry?.command)}`,
    }
  }
}

export default bundledCodec<Message>((traitor) => new RaftLiars(traitor))
