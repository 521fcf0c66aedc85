/** A few cores without I/O, and a transcript of what they say, write and answer. */
import type { Message as PaxosMessage } from '../../paxos/core/types.ts'
import type { Command, NodeId } from '../../protocol/commands.ts'
import { type Bug, deviationsOf } from '../bugs/bugs.ts'
import { CommitCore } from '../core/commit.ts'
import { replay } from '../core/replay.ts'
import type { Key, Step } from '../core/steps.ts'
import {
  type Answer,
  type CommitConfig,
  type Durable,
  type Entry,
  type Envelope,
  emptyDisk,
  type Message,
  type Proposal,
  type Ready,
} from '../core/types.ts'

export const VOTE_TICKS = 10
export const ASK_TICKS = 5
export const ELECTION_TICKS = 20

const inCommand = (command: Command): string => {
  if (command.kind !== 'internal') return command.kind
  const { outcome, tx } = command.call.value as Proposal
  return `${outcome} ${tx}`
}

const describePaxos = (message: PaxosMessage): string => {
  if (message.type === 'prepare' || message.type === 'promise') return `${message.type} ${message.ballot}`
  if (message.type === 'accepted') return `accepted [${message.slots}]`
  if (message.type !== 'accept') return message.type
  const values = message.entries.map(({ slot, command }) => `${slot}=${inCommand(command)}`)
  return `accept [${values}] chosen to ${message.chosenTo}`
}

const describeMessage = (message: Message): string => {
  switch (message.type) {
    case 'prepare':
      return `${message.isLoneRead ? 'read' : 'prepare'} ${message.tx}`
    case 'vote':
      return message.vote === 'yes' ? `yes ${message.tx}` : `no ${message.tx} ${message.why}`
    case 'propose':
      return `propose ${message.proposal.outcome} ${message.proposal.tx}`
    case 'paxos':
      return describePaxos(message.message)
    case 'decision':
      return `${message.outcome} ${message.tx}${message.why === null ? '' : ` ${message.why}`}`
    default:
      return `${message.type} ${message.tx}`
  }
}

const describeEntry = (entry: Entry): string => {
  if (entry.type === 'start') return `start ${entry.start}`
  if (entry.type === 'prepared') return `prepared ${entry.prepared.tx}`
  if (entry.type === 'refused') return `refused ${entry.request.seq}`
  if (entry.type === 'log') return `log to ${entry.log.snapshot?.index ?? 0}`
  if (entry.type === 'accepted')
    return [
      ...(entry.promised === null ? [] : [`promise ${entry.promised}`]),
      ...entry.accepted.map(({ entry: { slot, command } }) => `accepted ${slot}=${inCommand(command)}`),
    ].join(', ')
  if (entry.type === 'committed') return `committed ${entry.committed.tx}`
  return entry.type === 'ended' ? `ended ${entry.tx}` : `${entry.outcome} ${entry.tx}`
}

/** Key `k/0` is n1's, `k/1` is n2's, and so on. */
const keyOf = (node: NodeId): Key => `k/${Number(node.slice(1)) - 1}`

export const write = (node: NodeId, value: number): Step => ({ f: 'write', key: keyOf(node), value })
/** The first transaction that n1 coordinates, and one that n2 and n3 take part in. */
export const TX = 'n1.1.1'
export const BOTH = [write('n2', 20), write('n3', 30)]
export const read = (node: NodeId): Step => ({ f: 'read', key: keyOf(node) })

export class Bench {
  readonly #members: readonly NodeId[]
  readonly #bug: Bug | null
  readonly #coordinator: CommitConfig['coordinator']
  readonly #cores = new Map<NodeId, CommitCore>()
  readonly #disks = new Map<NodeId, readonly Entry[]>()
  readonly transcript: string[] = []
  readonly answers: Answer[] = []
  /** Nothing comes from them and nothing reaches them. */
  readonly cut = new Set<NodeId>()
  #queue: Envelope[] = []
  #request = 0

  constructor(
    members: readonly NodeId[],
    bug: Bug | null = null,
    coordinator: CommitConfig['coordinator'] = 'single',
  ) {
    this.#coordinator = coordinator
    this.#members = members
    this.#bug = bug
    for (const id of members) this.start(id)
    this.transcript.length = 0
  }

  core(id: NodeId): CommitCore {
    return this.#cores.get(id) as CommitCore
  }

  durable(id: NodeId): Durable {
    return replay(emptyDisk, this.#disks.get(id) ?? [])
  }

  /** It starts with what is on its disk, and nothing else. */
  start(id: NodeId): void {
    const config = {
      id,
      members: this.#members,
      voteTicks: VOTE_TICKS,
      askTicks: ASK_TICKS,
      patienceTicks: 30,
      coordinator: this.#coordinator,
      electionTicks: ELECTION_TICKS,
      keptSlots: 100,
      random: () => 0,
    }
    this.#cores.set(id, new CommitCore(config, this.durable(id), deviationsOf(this.#bug), () => {}))
    this.#drain(id)
  }

  tick(id: NodeId, count: number): void {
    for (let i = 0; i < count; i++) {
      this.core(id).tick()
      this.#drain(id)
    }
  }

  #drain(id: NodeId): void {
    const core = this.core(id)
    for (let ready = core.ready(); ready !== null; ready = core.ready()) {
      this.#record(id, ready)
      core.advance()
    }
  }

  #record(id: NodeId, { entries, sync, messages, answers }: Ready): void {
    this.#disks.set(id, [...(this.#disks.get(id) ?? []), ...entries])
    if (entries.length > 0)
      this.transcript.push(`${id} writes ${entries.map(describeEntry).join(', ')}${sync ? '' : ' unsynced'}`)
    this.#queue.push(...messages)
    for (const [, answer] of answers) {
      this.answers.push(answer)
      this.transcript.push(`${id} answers ${answer.type}`)
    }
  }

  begin(id: NodeId, steps: readonly Step[], seq: number | null = null, session = 3): void {
    const own = seq === null ? null : { id: session, seq }
    this.core(id).begin({ id: this.#request++, session: own, steps })
    this.#drain(id)
  }

  /** Delivers messages until none is left, and returns what happened. @param isLost which of them do not arrive */
  deliver(isLost: (words: string) => boolean = () => false): readonly string[] {
    for (let envelope = this.#queue.shift(); envelope !== undefined; envelope = this.#queue.shift()) {
      const { from, to, message } = envelope
      const words = `${from}>${to} ${describeMessage(message)}`
      const lost = this.cut.has(from) || this.cut.has(to) || isLost(words)
      this.transcript.push(`${words}${lost ? ' LOST' : ''}`)
      if (lost) continue
      this.core(to).step(from, message)
      this.#drain(to)
    }
    return this.transcript.splice(0)
  }

  send(from: NodeId, to: NodeId, message: Message): readonly string[] {
    this.#queue.push({ from, to, message })
    return this.deliver()
  }

  inDoubt(id: NodeId): readonly string[] {
    return this.core(id).participant.doubts.map(({ prepared }) => prepared.tx)
  }

  value(id: NodeId): unknown {
    return new Map(this.core(id).participant.shard.values).get(keyOf(id)) ?? null
  }
}

export const three = (bug: Bug | null = null): Bench => new Bench(['n1', 'n2', 'n3'], bug)
