/**
 * The replicated coordinator (Gray and Lampson 2006, section 4.2: two-phase commit with consensus on the decision): decisions
 * are the values of the bundled Paxos, of which every node is an acceptor and a learner. Any node may propose a decision; the
 * leader gives it a slot, and all nodes apply the slots in order. So it makes no difference whether the node that collected
 * the votes is still there.
 */
import { PaxosCore } from '../../paxos/core/paxos.ts'
import type { Durable as LogDurable, Message as PaxosMessage, Ready } from '../../paxos/core/types.ts'
import type { Command, NodeId } from '../../protocol/commands.ts'
import { type Decided, DecisionTable } from './decision-table.ts'
import type { CoreDeviations } from './deviations.ts'
import type { Out } from './out.ts'
import type { Answered, CommitConfig, Proposal, Reason, TransactionId } from './types.ts'

/** What a proposal says of itself; the log adds who proposes it, and what that node has applied. */
type Proposed = Omit<Proposal, 'from' | 'appliedTo'>

const DECISIONS = 'decisions'

const commandOf = (proposal: Proposal): Command => ({
  kind: 'internal',
  vocabulary: DECISIONS,
  call: { f: 'decide', value: proposal },
})

/** Null: a no-op, by which a leader fills a gap. */
const proposalIn = (command: Command): Proposal | null =>
  command.kind === 'internal' ? (command.call.value as Proposal) : null

const majorityOf = (members: readonly NodeId[]): number => Math.floor(members.length / 2) + 1

export class DecisionLog {
  readonly #config: CommitConfig
  readonly #deviations: CoreDeviations
  readonly #out: Out
  readonly #decided: (tx: TransactionId, decided: Decided) => void
  readonly paxos: PaxosCore
  #table: DecisionTable
  #doing: Ready | null = null

  /** @param decided is told of every decision that this node applies, also if it is not the first on its transaction */
  constructor(
    config: CommitConfig,
    durable: LogDurable,
    deviations: CoreDeviations,
    out: Out,
    decided: (tx: TransactionId, decided: Decided) => void,
  ) {
    this.#config = config
    this.#deviations = deviations
    this.#out = out
    this.#decided = decided
    const { id, members, electionTicks, random } = config
    const quorum = majorityOf(members)
    const heartbeatTicks = Math.max(1, Math.floor(electionTicks / 20))
    this.paxos = new PaxosCore(
      {
        ...{ id, members, electionTicks, heartbeatTicks, random },
        phase1: quorum,
        phase2: quorum,
        maxEntriesPerMessage: 64,
      },
      durable,
    )
    this.#table = this.#tableOf(durable.snapshot?.data ?? null)
  }

  get table(): DecisionTable {
    return this.#table
  }

  /** All slots up to this one are applied here. */
  get appliedTo(): number {
    return this.paxos.applied
  }

  /** Those that a snapshot holds, for a node that has not applied their slots. */
  tellAll(): void {
    for (const [tx, decided] of this.#table.decided) this.#decided(tx, decided)
  }

  commit(proposal: Pick<Proposal, 'tx' | 'since' | 'request'>): void {
    this.#propose({ ...proposal, outcome: 'commit', why: null })
  }

  /** Unless it was decided before. @param request that is answered by it; null: none */
  abort(tx: TransactionId, why: Reason, request: Answered | null = null): void {
    this.#propose({ tx, outcome: 'abort', why, since: this.appliedTo, request })
  }

  #propose(proposed: Proposed): void {
    this.onProposal({ ...proposed, from: this.#config.id, appliedTo: this.appliedTo })
  }

  /** A proposal may get lost: whoever needs it repeats it. */
  onProposal(proposal: Proposal): void {
    const { leader } = this.paxos
    if (this.paxos.propose(commandOf(proposal)) !== null || leader === null) return
    if (leader !== this.#config.id && proposal.from === this.#config.id)
      this.#out.send(leader, { type: 'propose', proposal })
  }

  tick(): void {
    this.paxos.tick()
  }

  step(from: NodeId, message: PaxosMessage): void {
    this.paxos.step(from, message)
  }

  /** Asks for what Paxos asks for. */
  collect(): void {
    this.#doing ??= this.paxos.ready()
    if (this.#doing === null) return
    const { snapshot, promised, accepted, messages, sync } = this.#doing
    if (snapshot !== null) this.#out.write({ type: 'log', log: this.paxos.durable }, true)
    if (promised !== null || accepted.length > 0)
      this.#out.write({ type: 'accepted', promised, accepted }, sync)
    for (const { to, message } of messages) this.#out.send(to, { type: 'paxos', message })
  }

  get isIdle(): boolean {
    return this.#doing === null
  }

  /** What was asked for is done. Decisions may have come. */
  advance(): void {
    if (this.#doing === null) return
    const { snapshot, chosen } = this.#doing
    this.#doing = null
    if (snapshot !== null) {
      this.#table = this.#tableOf(snapshot.data)
      this.tellAll()
    }
    for (const { slot, command } of chosen) {
      const proposal = proposalIn(command)
      if (proposal !== null) this.#decided(proposal.tx, this.#table.apply(slot, proposal))
    }
    this.paxos.advance()
  }

  /** Lets the log begin after what is applied. */
  compact(): void {
    this.paxos.compact({ index: this.paxos.applied, data: this.#table.save() })
  }

  #tableOf(saved: string | null): DecisionTable {
    const { members, keptSlots } = this.#config
    return new DecisionTable({ members, keptSlots, deviations: this.#deviations }, saved)
  }
}
