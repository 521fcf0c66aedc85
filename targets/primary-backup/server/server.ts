/** A replica between its clients and its peers: passes over what has arrived, a primary's duties, and its status. */
import type { Call } from '../../../harness/api/history.ts'
import type { Command, NodeId } from '../../protocol/commands.ts'
import type { ReplicatedApi, Reply } from '../../protocol/server/client-api.ts'
import { healthyDuties } from '../../protocol/server/duties/deviations.ts'
import { dutiesOf } from '../../protocol/server/duties/duties.ts'
import type { Duty } from '../../protocol/server/duties/duty.ts'
import { RecentDigests } from '../../protocol/server/recent-digests.ts'
import type { Message } from '../core/types.ts'
import { Replica, type ReplicaOptions } from '../replica.ts'

interface ServerOptions extends ReplicaOptions {
  readonly log: (message: string) => void
  /** Address of the sink, where effects happen; null: there is none. */
  readonly sink: string | null
}

export class Server implements ReplicatedApi {
  readonly #log: (message: string) => void
  readonly #replica: Replica
  readonly #duties: readonly Duty[]
  readonly #members: readonly NodeId[]
  #digests = new RecentDigests()
  /** As of the last pass: what stands here is on the disk, so no power loss makes a view go back that was told. */
  #told: Pick<ReturnType<ReplicatedApi['status']>, 'role' | 'term' | 'leader'>
  #isDue = false
  #said = ''

  constructor(options: ServerOptions) {
    this.#log = options.log
    this.#members = options.config.nodes
    this.#replica = new Replica({
      ...options,
      onApplied: ({ index }, machine) => this.#digests.applied(index, machine),
      onSnapshot: (did, index) => this.#log(`${did} a snapshot at index ${index}`),
      onRebuilt: () => {
        this.#digests = new RecentDigests()
        this.#log(`what was applied is taken back to index ${this.#replica.machineAt}`)
      },
    })
    this.#told = { role: 'follower', term: options.disk.restored.view, leader: null }
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
  }

  status(): ReturnType<ReplicatedApi['status']> {
    const { core, machine, machineAt } = this.#replica
    return {
      ...this.#told,
      appliedIndex: machineAt,
      commitIndex: core.commit,
      snapshotIndex: core.snapshot.index,
      digest: machine.digest,
      digestAt: machineAt,
      earlierDigests: this.#digests.byPosition,
      members: this.#members,
      clockMs: Date.now(),
      ready: core.isReady,
    }
  }

  /** One pass handles everything that arrived in this turn of the event loop, which batches entries. */
  #schedule(): void {
    if (this.#isDue) return
    this.#isDue = true
    setImmediate(() => {
      this.#isDue = false
      this.#replica.drive()
      const { role, view, primary } = this.#replica.core
      this.#told = { role: role === 'primary' ? 'leader' : 'follower', term: view, leader: primary }
      this.#performDuties()
      this.#report()
    })
  }

  #performDuties(): void {
    const { core, machine } = this.#replica
    const leads = core.role === 'primary' && core.mayRead() === 'yes'
    for (const duty of this.#duties) {
      if (leads) duty.perform(machine, core.view)
      else duty.stop?.()
    }
  }

  #report(): void {
    const { core } = this.#replica
    const backups = core.role === 'primary' ? `, in sync ${core.inSync.join(' ') || 'nobody'}` : ''
    const line = `${core.role} in view ${core.view}, primary ${core.primary ?? 'unknown'}${backups}`
    if (line !== this.#said) this.#log(line)
    this.#said = line
  }
}
