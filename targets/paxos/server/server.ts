/** A replica between its clients and its peers: passes over what has arrived, the leader's duties, and its status. */
import type { Call } from '../../../harness/api/history.ts'
import type { NodeStatus } from '../../../harness/api/target.ts'
import type { Command, NodeId } from '../../protocol/commands.ts'
import type { ReplicatedApi, Reply } from '../../protocol/server/client-api.ts'
import { healthyDuties } from '../../protocol/server/duties/deviations.ts'
import { dutiesOf } from '../../protocol/server/duties/duties.ts'
import type { Duty } from '../../protocol/server/duties/duty.ts'
import { RecentDigests } from '../../protocol/server/recent-digests.ts'
import type { PaxosCore } from '../core/paxos.ts'
import type { Message } from '../core/types.ts'
import { Replica, type ReplicaOptions } from '../replica.ts'

interface ServerOptions extends ReplicaOptions {
  readonly log: (message: string) => void
  /** Address of the sink, where effects happen; null: there is none. */
  readonly sink: string | null
}

type Standing = Pick<NodeStatus, 'role' | 'term' | 'leader' | 'decisions'>

const standingOf = ({ role, promised, leader, decisions }: PaxosCore): Standing => ({
  role,
  term: promised,
  leader,
  ...(role === 'leader' ? { decisions } : {}),
})

export class Server implements ReplicatedApi {
  readonly #log: (message: string) => void
  readonly #replica: Replica
  readonly #duties: readonly Duty[]
  readonly #digests = new RecentDigests()
  readonly #members: readonly NodeId[]
  /** What it tells of its ballot: only what is on its disk. A promise that a power loss takes back was never made. */
  #standing: Standing
  #isDue = false
  #said = ''

  constructor(options: ServerOptions) {
    this.#log = options.log
    this.#members = options.config.members
    this.#replica = new Replica({
      ...options,
      onApplied: ({ slot }, machine) => this.#digests.applied(slot, machine),
      onSnapshot: (did, index) => this.#log(`${did} snapshot at slot ${index}`),
    })
    this.#standing = standingOf(this.#replica.core)
    this.#duties = dutiesOf({
      id: options.config.id,
      sink: options.sink,
      propose: (vocabulary, call) => this.submit({ kind: 'internal', vocabulary, call }, () => {}),
      deviations: healthyDuties,
    })
  }

  tick(): void {
    this.#replica.tick()
    this.#schedule()
  }

  receive(from: NodeId, message: Message): void {
    this.#replica.receive(from, message)
    this.#schedule()
  }

  submit(command: Command, reply: Reply): void {
    this.#replica.submit(command, reply)
    this.#schedule()
  }

  read(vocabulary: string, call: Call, reply: Reply): void {
    this.#replica.read(vocabulary, call, reply)
    this.#schedule()
  }

  status(): ReturnType<ReplicatedApi['status']> {
    const { core, machine, machineAt } = this.#replica
    return {
      ...this.#standing,
      appliedIndex: machineAt,
      commitIndex: core.chosenTo,
      snapshotIndex: core.snapshotIndex,
      digest: machine.digest,
      digestAt: machineAt,
      earlierDigests: this.#digests.byPosition,
      members: this.#members,
      clockMs: Date.now(),
      ready: this.#standing.leader !== null,
    }
  }

  /** One pass handles everything that arrived in this turn of the event loop, which batches proposals and reads. */
  #schedule(): void {
    if (this.#isDue) return
    this.#isDue = true
    setImmediate(() => {
      this.#isDue = false
      this.#replica.drive()
      this.#standing = standingOf(this.#replica.core)
      this.#performDuties()
      this.#report()
    })
  }

  #performDuties(): void {
    const { core, machine } = this.#replica
    for (const duty of this.#duties) {
      if (core.role === 'leader') duty.perform(machine, core.promised)
      else duty.stop?.()
    }
  }

  #report(): void {
    const { role, promised, leader } = this.#replica.core
    const line = `${role} in ballot ${promised}, leader ${leader ?? 'unknown'}`
    if (line !== this.#said) this.#log(line)
    this.#said = line
  }
}
