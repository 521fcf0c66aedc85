/** A PBFT replica in the simulator, honest or not. */
import type { Rng } from '../../../harness/api/random.ts'
import type { Command, NodeId } from '../../protocol/commands.ts'
import type {
  Boot,
  SimulatedNode,
  SimulatedProtocol,
  SimulatedReply,
} from '../../protocol/simulation/node.ts'
import type { Applied } from '../../protocol/state-machine.ts'
import { requestText } from '../core/texts.ts'
import type { Envelope, Message, Request } from '../core/types.ts'
import { type Deviations, Replica } from '../replica.ts'
import { PbftDisk } from './disk.ts'
import { SimulatedKeys } from './keys.ts'
import { Properties } from './properties.ts'
import { Conspiracy, Traitor } from './traitor.ts'

interface Options {
  readonly deviations: Deviations
  readonly nodes: number
  readonly traitors: number
  readonly maxBatch: number
  readonly rng: Rng
}

const CHECKPOINT_EVERY = 10
const WINDOW = 2 * CHECKPOINT_EVERY

class SimulatedPbftNode implements SimulatedNode<Message> {
  readonly id: NodeId
  readonly replica: Replica
  readonly traitor: Traitor | null
  readonly #requestOf: (command: Command & { readonly kind: 'op' }) => Request

  constructor(
    id: NodeId,
    replica: Replica,
    traitor: Traitor | null,
    requestOf: (command: Command & { readonly kind: 'op' }) => Request,
  ) {
    this.id = id
    this.replica = replica
    this.traitor = traitor
    this.#requestOf = requestOf
  }

  get isLeader(): boolean {
    return this.replica.core.isPrimary
  }

  get term(): number {
    return this.replica.core.view
  }

  tick(): void {
    this.replica.tick()
  }

  step(_from: NodeId, message: Message): void {
    this.traitor?.hears(message)
    this.replica.receive(message)
  }

  submit(command: Command, reply: SimulatedReply): void {
    if (command.kind !== 'op') return reply({ type: 'lost' })
    this.replica.request(this.#requestOf(command), (result) => reply(this.#answered(result)))
  }

  #answered(result: Applied): Applied {
    if (this.traitor === null || result.type !== 'value') return result
    return { ...result, value: this.traitor.answer(result.value) }
  }

  read(_call: unknown, reply: SimulatedReply): void {
    reply({ type: 'lost' })
  }

  drive(): void {
    this.replica.drive()
  }
}

export class SimulatedPbft implements SimulatedProtocol<Message, PbftDisk, SimulatedPbftNode> {
  readonly #options: Options
  readonly #keys = new SimulatedKeys()
  readonly #properties = new Properties(WINDOW)
  readonly #conspiracy: Conspiracy
  #violation: string | null = null

  constructor(options: Options) {
    this.#options = options
    const { rng, nodes } = options
    const members = Array.from({ length: nodes }, (_, i) => `n${i + 1}`)
    const traitors = rng.shuffle(members).slice(0, options.traitors)
    this.#conspiracy = new Conspiracy(members, traitors, rng)
  }

  newDisk(): PbftDisk {
    return new PbftDisk()
  }

  boot({ id, members, disk, now, send }: Boot<Message, PbftDisk>): SimulatedPbftNode {
    const { deviations, maxBatch, rng } = this.#options
    const properties = this.#properties
    const isTraitor = this.#conspiracy.traitors.includes(id)
    const keys = this.#keys.of(id)
    const traitor = isTraitor
      ? new Traitor(id, keys, rng.fork('lies', id, now()), this.#conspiracy, send)
      : null
    const note = (broken: string | null): void => {
      if (!isTraitor) this.#violation ??= broken
    }
    const replica = new Replica({
      config: {
        id,
        members,
        checkpointEvery: CHECKPOINT_EVERY,
        windowSize: WINDOW,
        maxBatch,
        maxInFlight: 4,
        viewChangeTicks: 40,
        statusTicks: 10,
      },
      keys,
      disk,
      send: (envelope: Envelope) => (traitor === null ? send(envelope) : traitor.send(envelope)),
      deviations,
      onExecuted: (seq, batch, { machine }) => note(properties.onExecuted(id, seq, batch, machine.digest)),
      onState: (_did, seq, { machine }) => note(properties.onState(id, seq, machine.digest)),
    })
    return new SimulatedPbftNode(id, replica, traitor, (command) => this.#requestOf(command))
  }

  #requestOf({ session, seq, vocabulary, call }: Command & { readonly kind: 'op' }): Request {
    const unsigned = { client: `c${session}`, timestamp: seq, operation: { vocabulary, call } }
    const request = {
      ...unsigned,
      signature: this.#keys.signAs(unsigned.client, requestText(unsigned)),
    }
    this.#properties.onAsked(request)
    return request
  }

  onRestart(): void {
    // What a replica has said holds for all time.
  }

  check(up: readonly SimulatedPbftNode[]): string | null {
    for (const { id, replica, traitor } of up)
      if (traitor === null) this.#violation ??= this.#properties.onStep(id, replica)
    return this.#violation
  }
}
