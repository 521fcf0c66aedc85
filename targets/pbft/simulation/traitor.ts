/**
 * A replica that lies, in the words of the protocol. It is an honest replica whose messages are rewritten on their way out, each
 * time as a die falls, and who adds others. It signs as itself only; a forgery has a signature that is none. Traitors of one run
 * share what they know: each of them backs what any of them has proposed to whom.
 */
import type { Rng } from '../../../harness/api/random.ts'
import type { NodeId } from '../../protocol/commands.ts'
import { digestOf, digestOfText, NULL_DIGEST } from '../core/texts.ts'
import type {
  Batch,
  Body,
  Digest,
  Envelope,
  Keys,
  Message,
  PrePrepare,
  Request,
  Sequence,
  Signed,
  View,
  Vote,
} from '../core/types.ts'

/** What traitors share: to which half of the others which batch was proposed, and what was ever proposed. */
export class Conspiracy {
  readonly members: readonly NodeId[]
  readonly traitors: readonly NodeId[]
  readonly #halves: ReadonlyMap<NodeId, 0 | 1>
  readonly #proposed = new Map<string, readonly [Digest, Digest]>()
  readonly batches: Batch[] = []

  constructor(members: readonly NodeId[], traitors: readonly NodeId[], rng: Rng) {
    this.members = members
    this.traitors = traitors
    const honest = rng.shuffle(members.filter((id) => !traitors.includes(id)))
    this.#halves = new Map(honest.map((id, i) => [id, (i % 2) as 0 | 1]))
  }

  halfOf(id: NodeId): 0 | 1 {
    return this.#halves.get(id) ?? 0
  }

  proposes(view: View, seq: Sequence, digests: readonly [Digest, Digest]): void {
    this.#proposed.set(`${view} ${seq}`, digests)
  }

  /** What a half was told. */
  toldTo(id: NodeId, view: View, seq: Sequence): Digest | null {
    return this.#proposed.get(`${view} ${seq}`)?.[this.halfOf(id)] ?? null
  }
}

const MOST_REMEMBERED = 60
/** Far outside of any window. */
const FAR = 100_000

export class Traitor {
  readonly #id: NodeId
  readonly #keys: Keys
  readonly #rng: Rng
  readonly #conspiracy: Conspiracy
  readonly #send: (envelope: Envelope) => void
  readonly #said: Message[] = []

  constructor(id: NodeId, keys: Keys, rng: Rng, conspiracy: Conspiracy, send: (envelope: Envelope) => void) {
    this.#id = id
    this.#keys = keys
    this.#rng = rng
    this.#conspiracy = conspiracy
    this.#send = send
  }

  /** In place of what an honest replica would send. */
  send({ to, message }: Envelope): void {
    if (this.#isChance(0.05)) return
    this.#tell(to, this.#rewritten(to, message))
    if (message.type === 'proposal') this.#support(message.prePrepare.body)
    if (this.#isChance(0.05)) this.#forge(to, message)
    if (this.#isChance(0.05) && this.#said.length > 0) this.#tell(to, this.#rng.pick(this.#said))
  }

  /** Traitors back what they hear of. */
  hears(message: Message): void {
    if (message.type === 'proposal') this.#support(message.prePrepare.body)
    if (message.type !== 'signed' || message.signed.body.type !== 'status') return
    const { replica, executed } = message.signed.body
    if (this.#isChance(0.1)) this.#inventState(replica, executed)
  }

  #isChance(share: number): boolean {
    return this.#rng.float() < share
  }

  #tell(to: NodeId, message: Message): void {
    this.#said.push(message)
    if (this.#said.length > MOST_REMEMBERED) this.#said.shift()
    this.#send({ from: this.#id, to, message })
  }

  #say<B extends Body>(body: B): Signed<B> {
    return { body, signature: this.#keys.sign(JSON.stringify(body)) }
  }

  #rewritten(to: NodeId, message: Message): Message {
    if (message.type === 'proposal') return this.#proposal(to, message.prePrepare, message.batch)
    if (message.type !== 'signed') return message
    const { body } = message.signed
    switch (body.type) {
      case 'prepare':
      case 'commit': {
        const digest = this.#conspiracy.toldTo(to, body.view, body.seq) ?? body.digest
        return { type: 'signed', signed: this.#say({ ...body, digest }) }
      }
      case 'checkpoint':
        if (this.#isChance(0.7)) return message
        return { type: 'signed', signed: this.#say({ ...body, digest: digestOfText('another state') }) }
      case 'view-change':
        if (this.#isChance(0.5)) return message
        return { type: 'signed', signed: this.#say({ ...body, prepared: [] }) }
      case 'new-view': {
        if (this.#isChance(0.5)) return message
        const prePrepares = body.prePrepares.map(({ body: of }) => this.#say({ ...of, digest: NULL_DIGEST }))
        return { type: 'signed', signed: this.#say({ ...body, prePrepares }) }
      }
      case 'status':
        return message
    }
  }

  #proposal(to: NodeId, prePrepare: Signed<PrePrepare>, batch: Batch): Message {
    const { body } = prePrepare
    if (body.replica !== this.#id) return { type: 'proposal', prePrepare, batch }
    this.#conspiracy.batches.push(batch)
    const digests = this.#twoFaced(body, batch)
    const half = this.#conspiracy.halfOf(to)
    const told = half === 0 ? batch : digests.batch
    if (this.#isChance(0.05)) {
      // The digest of the one, the requests of the other.
      return { type: 'proposal', prePrepare, batch: digests.batch }
    }
    if (this.#isChance(0.03)) return this.#proposing({ ...body, seq: body.seq + FAR }, batch)
    if (this.#isChance(0.05))
      return this.#proposing(
        body,
        told.map((request) => this.#forged(request)),
      )
    return this.#proposing(body, told)
  }

  /** Another batch for one half of the others. Once chosen, it stays. */
  #twoFaced({ view, seq, digest }: PrePrepare, batch: Batch): { readonly batch: Batch } {
    const { batches } = this.#conspiracy
    const known = this.#others.get(`${view} ${seq}`)
    if (known !== undefined) return { batch: known }
    const other = this.#isChance(0.5) ? batch : this.#isChance(0.5) ? [] : this.#rng.pick(batches)
    this.#others.set(`${view} ${seq}`, other)
    this.#conspiracy.proposes(view, seq, [digest, digestOf(other)])
    return { batch: other }
  }

  readonly #others = new Map<string, Batch>()

  #proposing(body: PrePrepare, batch: Batch): Message {
    return { type: 'proposal', prePrepare: this.#say({ ...body, digest: digestOf(batch) }), batch }
  }

  /** It asks for something else than its client has signed. */
  #forged(request: Request): Request {
    const { call, vocabulary } = request.operation
    if (call.f !== 'write') return request
    const value = { ...(call.value as object), value: -1 }
    return { ...request, operation: { vocabulary, call: { f: 'write', value } } }
  }

  /** Votes for everything, to each what it was told. */
  #support({ view, seq, digest }: PrePrepare): void {
    for (const to of this.#conspiracy.members) {
      if (to === this.#id) continue
      const told = this.#conspiracy.toldTo(to, view, seq) ?? digest
      for (const type of ['prepare', 'commit'] as const) this.#vote(to, { type, view, seq, digest: told })
    }
  }

  #vote(to: NodeId, about: Omit<Vote, 'replica'>): void {
    this.#tell(to, { type: 'signed', signed: this.#say({ ...about, replica: this.#id }) })
  }

  /** The same vote, or the same message, as if others had sent it. */
  #forge(to: NodeId, message: Message): void {
    if (message.type !== 'signed') return
    const { body } = message.signed
    if (body.type !== 'prepare' && body.type !== 'commit') return
    const digest = this.#isChance(0.5) ? body.digest : NULL_DIGEST
    for (const type of ['prepare', 'commit'] as const)
      for (const replica of this.#conspiracy.members)
        this.#tell(to, {
          type: 'signed',
          signed: this.#say({ ...body, type, digest, replica }),
        })
  }

  /** A state that nobody has, on this replica's word alone. */
  #inventState(to: NodeId, executed: Sequence): void {
    const data = JSON.stringify({ machine: null, count: 0, clients: [] })
    const root = NULL_DIGEST
    const digest = digestOfText(`${root} ${data}`)
    const seq = executed + 20
    const certificate = [this.#say({ type: 'checkpoint', seq, digest, root, replica: this.#id } as const)]
    this.#tell(to, { type: 'state', certificate, data })
  }

  /** What it tells a client. */
  answer(value: unknown): unknown {
    return this.#isChance(0.5) ? { ...(value as object), value: -1, applied: true } : value
  }
}
