/** The lies of PBFT (`byzantine.ts`), told by a relay, which signs with the keys of its traitors. Sections are those of OSDI 1999. */
import type { Epochs, Stream, Told as ToldToClients, Traitor } from '../../harness/api/byzantine.ts'
import {
  bundledCodec,
  type Liars,
  type LiarToClients,
  type ToldMessage,
} from '../protocol/byzantine/codec.ts'
import { inShort, otherValue } from '../protocol/byzantine/values.ts'
import type { Answer, Words } from '../protocol/byzantine/words.ts'
import type { NodeId } from '../protocol/commands.ts'
import { isRead } from '../protocol/structures/index.ts'
import type { PBFT_LIES, PbftSecrets } from './byzantine.ts'
import { digestOf, digestOfText, NULL_DIGEST } from './core/texts.ts'
import type { Batch, Body, Envelope, Message, PrePrepare, Request, Signed, Vote } from './core/types.ts'
import { Signer } from './keys.ts'
import { REQUEST_PATH, type SignedReply } from './wire.ts'

type Told = ToldMessage<Message>
type Tell = (envelope: Envelope, direction: Stream['direction']) => Told | null
type Proposal = Message & { readonly type: 'proposal' }

const signerOf = (secrets: unknown): Signer => new Signer((secrets as PbftSecrets).privateKey)

const signedBy = <B extends Body>(signer: Signer, body: B): Signed<B> => ({
  body,
  signature: signer.sign(JSON.stringify(body)),
})

/** A state of the service in which nothing ever happened. */
const NO_STATE = JSON.stringify({ machine: null, count: 0, clients: [] })

/** Views (4.4). A replica that has asked for one accepts no proposal of an earlier one. */
const views: Epochs<Envelope> = {
  proposedIn: ({ message }) => {
    if (message.type === 'proposal') return message.prePrepare.body.view
    if (message.type !== 'signed' || message.signed.body.type !== 'new-view') return null
    const { view, prePrepares } = message.signed.body
    return prePrepares.length > 0 ? view : null
  },
  // What others have said may be told again.
  sayerIn: ({ from, message }) => {
    if (message.type !== 'signed' && message.type !== 'proposal') return null
    const { body } = message.type === 'signed' ? message.signed : message.prePrepare
    return body.replica === from && 'view' in body ? body.view : null
  },
}

class PbftLiars implements Liars<Message> {
  readonly #traitor: Traitor
  readonly #signer: Signer
  /** With the traitor itself. */
  readonly #accomplices: ReadonlyMap<NodeId, Signer>
  readonly #executed = new Map<NodeId, number>()
  readonly epochs = views

  constructor(traitor: Traitor) {
    this.#traitor = traitor
    this.#signer = signerOf(traitor.secrets)
    const others = Object.entries(traitor.accomplices).map(
      ([id, secrets]) => [id, signerOf(secrets)] as const,
    )
    this.#accomplices = new Map([[traitor.node, this.#signer], ...others])
  }

  observe({ message }: Envelope, direction: Stream['direction']): void {
    if (direction === 'said' || message.type !== 'signed' || message.signed.body.type !== 'status') return
    const { replica, executed } = message.signed.body
    this.#executed.set(replica, executed)
  }

  readonly lies: Readonly<Record<Exclude<keyof typeof PBFT_LIES, 'false-answers'>, Tell>> = {
    'batches-differ': (envelope, direction) => this.#equivocate(envelope, direction, [this.#traitor.node]),
    'joint-equivocation': (envelope, direction) => {
      if (this.#accomplices.size === 1) return null
      const usurped = this.#usurp(envelope, direction)
      if (usurped !== null || !this.#isOfSecondHalf(envelope.to)) return usurped
      const vote = this.#ownVote(envelope.message, direction)
      // The primary's relay signs the other one.
      if (vote !== null && this.#accomplices.has(this.#primaryOf(vote.view)))
        return { instead: [], what: `its true ${vote.type} ${vote.seq} kept back` }
      return this.#equivocate(envelope, direction, [...this.#accomplices.keys()])
    },
    'votes-for-all': ({ from, to, message }, direction) => {
      const vote = this.#ownVote(message, direction)
      if (vote === null || vote.digest === NULL_DIGEST) return null
      const also = (['prepare', 'commit'] as const).map((type) => ({
        from,
        to,
        message: this.#saying({ ...vote, type, digest: NULL_DIGEST }),
      }))
      return { instead: [message], also, what: `votes for the null request at ${vote.seq} too` }
    },
    'forged-votes': ({ from, to, message }, direction) => {
      const vote = this.#ownVote(message, direction)
      if (vote === null) return null
      const others = Object.keys(this.#traitor.nodes).filter((id) => !this.#accomplices.has(id))
      const also = others.map((replica) => ({ from, to, message: this.#saying({ ...vote, replica }) }))
      return {
        instead: [message],
        also,
        what: `${vote.type} ${vote.seq} in the names of ${others.join(', ')}`,
      }
    },
    'requests-changed': ({ message }, direction) => {
      const proposal = this.#ownProposal(message, direction)
      if (proposal === null) return null
      const batch = this.#changed(proposal.batch)
      if (batch === null) return null
      const { body } = proposal.prePrepare
      return {
        instead: [this.#proposing({ ...body, digest: digestOf(batch) }, batch)],
        what: `pre-prepare ${body.seq}: ${inShort(batch[0]?.operation.call)} instead of ${inShort(proposal.batch[0]?.operation.call)}`,
      }
    },
    'digests-kept': ({ message }, direction) => {
      const proposal = this.#ownProposal(message, direction)
      if (proposal === null || proposal.batch.length === 0) return null
      const { prePrepare } = proposal
      return {
        instead: [{ type: 'proposal', prePrepare, batch: [] }],
        what: `pre-prepare ${prePrepare.body.seq}: no requests under the digest of ${proposal.batch.length}`,
      }
    },
    'false-checkpoints': ({ from, to, message }, direction) => {
      if (direction === 'heard' || message.type !== 'signed') return null
      const { body } = message.signed
      const { node } = this.#traitor
      if (body.replica !== node) return null
      if (body.type === 'checkpoint') {
        const digest = digestOfText(`no state ${body.seq}`)
        return { instead: [this.#saying({ ...body, digest })], what: `checkpoint ${body.seq} of no state` }
      }
      const executed = this.#executed.get(to)
      if (body.type !== 'status' || executed === undefined) return null
      const root = NULL_DIGEST
      const seq = executed + 1
      const digest = digestOfText(`${root} ${NO_STATE}`)
      const told = { type: 'checkpoint', seq, digest, root, replica: node } as const
      const certificate = [signedBy(this.#signer, told)]
      const also = [{ from, to, message: { type: 'state', certificate, data: NO_STATE } as const }]
      return { instead: [message], also, what: `a state after ${seq} on its own word` }
    },
    'prepared-hidden': ({ message }, direction) => {
      if (direction === 'heard' || message.type !== 'signed') return null
      const { body } = message.signed
      if (body.type !== 'view-change' || body.replica !== this.#traitor.node || body.prepared.length === 0)
        return null
      return {
        instead: [this.#saying({ ...body, prepared: [] })],
        what: `view-change ${body.view} without ${body.prepared.length} that prepared`,
      }
    },
  }

  #saying(body: Exclude<Body, PrePrepare>): Message {
    return { type: 'signed', signed: signedBy(this.#signer, body) }
  }

  #proposing(body: PrePrepare, batch: Batch): Message {
    return { type: 'proposal', prePrepare: signedBy(this.#signer, body), batch }
  }

  #ownProposal(message: Message, direction: Stream['direction']): Proposal | null {
    const isOwn = message.type === 'proposal' && message.prePrepare.body.replica === this.#traitor.node
    return direction === 'said' && isOwn ? message : null
  }

  #ownVote(message: Message, direction: Stream['direction']): Vote | null {
    if (direction === 'heard' || message.type !== 'signed') return null
    const { body } = message.signed
    const isVote = body.type === 'prepare' || body.type === 'commit'
    return isVote && body.replica === this.#traitor.node ? body : null
  }

  /** While none of them is primary, all ask for the next view in which one is: f+1 of them are joined at once (4.5.2). */
  #usurp({ from, to, message }: Envelope, direction: Stream['direction']): Told | null {
    if (direction === 'heard' || message.type !== 'signed' || message.signed.body.type !== 'status')
      return null
    const { view: present } = message.signed.body
    if (this.#accomplices.has(this.#primaryOf(present))) return null
    let view = present + 1
    while (!this.#accomplices.has(this.#primaryOf(view))) view++
    const also = [...this.#accomplices].map(([replica, signer]) => {
      const asked = { type: 'view-change', view, stable: 0, checkpoint: [], prepared: [], replica } as const
      return { from, to, message: { type: 'signed', signed: signedBy(signer, asked) } as const }
    })
    return {
      instead: [message],
      also,
      what: `view-change ${view} of ${[...this.#accomplices.keys()].join(', ')}`,
    }
  }

  #primaryOf(view: number): NodeId {
    const members = Object.keys(this.#traitor.nodes)
    return members[view % members.length] as NodeId
  }

  /** Of the honest ones, every other one: the same for all accomplices. */
  #isOfSecondHalf(id: NodeId): boolean {
    const honest = Object.keys(this.#traitor.nodes).filter((node) => !this.#accomplices.has(node))
    return honest.indexOf(id) % 2 === 1
  }

  /** Another batch in place of the proposed one, with all the votes for it that traitors can give. */
  #equivocate(
    { from, to, message }: Envelope,
    direction: Stream['direction'],
    voters: readonly NodeId[],
  ): Told | null {
    const proposal = this.#ownProposal(message, direction)
    if (proposal === null || proposal.batch.length === 0) return null
    const { body } = proposal.prePrepare
    const batch = proposal.batch.length > 1 ? proposal.batch.toReversed() : []
    const digest = digestOf(batch)
    const { view, seq } = body
    const votes = voters.flatMap((replica) =>
      (['prepare', 'commit'] as const).map((type) => {
        const vote: Vote = { type, view, seq, digest, replica }
        const signed = signedBy(this.#accomplices.get(replica) ?? this.#signer, vote)
        return { from, to, message: { type: 'signed', signed } as const }
      }),
    )
    return {
      instead: [this.#proposing({ ...body, digest }, batch)],
      also: votes,
      what: `pre-prepare ${seq} in view ${view}: ${batch.length} other requests, with votes of ${voters.join(', ')}`,
    }
  }

  /** Only what changes something: another read would be noticed by its own client. Null: nothing in it could be changed. */
  #changed(batch: Batch): Batch | null {
    const changed = batch.map((request): Request => {
      const { vocabulary, call } = request.operation
      if (isRead(vocabulary, call)) return request
      const value = otherValue(call.value, this.#traitor.rng.fork(request.client, request.timestamp))
      return value === null ? request : { ...request, operation: { vocabulary, call: { ...call, value } } }
    })
    return changed.every((request, i) => request === batch[i]) ? null : changed
  }
}

/** Signed by the replica that tells it: it is f+1 equal ones that a client believes. */
class FalseReplies implements LiarToClients {
  readonly #traitor: Traitor
  readonly #signer: Signer

  constructor(traitor: Traitor) {
    this.#traitor = traitor
    this.#signer = signerOf(traitor.secrets)
  }

  tell(words: Words<unknown>): ToldToClients<Answer> | null {
    if (words.type !== 'answer' || words.request.path !== REQUEST_PATH || words.status !== 200) return null
    const { body: reply } = words.body as SignedReply
    if (reply.result.type !== 'value') return null
    // Accomplices tell the same.
    const rng = this.#traitor.rng.fork(reply.client, reply.timestamp)
    const value = otherValue(reply.result.value, rng)
    if (value === null) return null
    const body = { ...reply, result: { ...reply.result, value } }
    const signed = { body, signature: this.#signer.sign(JSON.stringify(body)) }
    return {
      instead: [{ ...words, body: signed }],
      what: `${inShort(value)} instead of ${inShort(reply.result.value)}`,
    }
  }
}

export default bundledCodec<Message>(
  (traitor) => new PbftLiars(traitor),
  (traitor) => new FalseReplies(traitor),
)
