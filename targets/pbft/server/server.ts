/** A replica as a server: passes over what has arrived, signed answers for clients, and what it tells of itself. */
import type { AnswerProof, Entry } from '../../../harness/api/proof.ts'
import type { NodeStatus } from '../../../harness/api/target.ts'
import type { NodeId } from '../../protocol/commands.ts'
import { RecentDigests } from '../../protocol/server/recent-digests.ts'
import type { Keys, Message, Request } from '../core/types.ts'
import { Replica, type ReplicaOptions } from '../replica.ts'
import type { Reply, SignedReply } from '../wire.ts'

interface ServerOptions extends Omit<ReplicaOptions, 'onExecuted' | 'onState'> {
  readonly log: (message: string) => void
}

type Standing = Pick<NodeStatus, 'role' | 'term' | 'leader'>

export class PbftServer {
  readonly #id: NodeId
  readonly #members: readonly NodeId[]
  readonly #keys: Keys
  readonly #log: (message: string) => void
  readonly #replica: Replica
  readonly #digests = new RecentDigests()
  /** As of the last pass, so that it is on the disk. */
  #told: Standing
  #isDue = false
  #said = ''

  constructor(options: ServerOptions) {
    const { config, keys, log } = options
    this.#id = config.id
    this.#members = config.members
    this.#keys = keys
    this.#log = log
    this.#replica = new Replica({
      ...options,
      onExecuted: (seq, _batch, { machine }) => this.#digests.applied(seq, machine),
      onState: (did, seq) => log(`${did} the state after ${seq}`),
    })
    this.#told = this.#standing()
  }

  tick(): void {
    this.#replica.tick()
    this.#schedule()
  }

  receive(message: Message): void {
    this.#replica.receive(message)
    this.#schedule()
  }

  request(request: Request, reply: (signed: SignedReply) => void): void {
    this.#replica.request(request, (result) => {
      const { client, timestamp } = request
      const { view } = this.#replica.core
      const body: Reply = { type: 'reply', view, client, timestamp, result, replica: this.#id }
      reply({ body, signature: this.#keys.sign(JSON.stringify(body)) })
    })
    this.#schedule()
  }

  prove(key: Entry[0]): AnswerProof | null {
    return this.#replica.prove(key)
  }

  status(): NodeStatus & { readonly ready: boolean } {
    const { core, service, executed } = this.#replica
    return {
      ...this.#told,
      appliedIndex: executed,
      commitIndex: executed,
      snapshotIndex: core.stable.seq,
      digest: service.machine.digest,
      digestAt: executed,
      earlierDigests: this.#digests.byPosition,
      members: this.#members,
      decisions: core.decisions,
      clockMs: Date.now(),
      ready: core.isServing,
    }
  }

  #standing(): Standing {
    const { view, isActive, isPrimary, primary } = this.#replica.core
    return { role: isPrimary ? 'leader' : isActive ? 'follower' : 'candidate', term: view, leader: primary }
  }

  /** One pass handles everything that arrived in this turn of the event loop, so requests of one turn are one batch. */
  #schedule(): void {
    if (this.#isDue) return
    this.#isDue = true
    setImmediate(() => {
      this.#isDue = false
      this.#replica.drive()
      this.#told = this.#standing()
      const { view, primary } = this.#replica.core
      const line = primary === null ? `waits for view ${view}` : `in view ${view}, primary ${primary}`
      if (line !== this.#said) this.#log(line)
      this.#said = line
    })
  }
}
