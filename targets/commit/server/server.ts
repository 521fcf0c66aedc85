/** A node between its clients and its peers: passes over what has arrived, and its status. */
import type { Call } from '../../../harness/api/history.ts'
import type { PaxosCore } from '../../paxos/core/paxos.ts'
import type { Command, NodeId } from '../../protocol/commands.ts'
import type { ReplicatedApi, Reply } from '../../protocol/server/client-api.ts'
import type { Event, Message } from '../core/types.ts'
import { Runner, type RunnerOptions } from '../runner.ts'
import { Recent } from './recent.ts'

interface ServerOptions extends Omit<RunnerOptions, 'watch'> {
  readonly tickMs: number
  readonly log: (message: string) => void
}

/** Of the log of decisions. */
const standingOf = ({ role, promised, leader, chosenTo, decisions }: PaxosCore) => ({
  role,
  term: promised,
  leader,
  commitIndex: chosenTo,
  ...(role === 'leader' ? { decisions } : {}),
})

/** In doubt for so long, a participant says so. */
const LONG_MS = 1000

export class Server implements ReplicatedApi {
  readonly #options: ServerOptions
  readonly #runner: Runner
  readonly #recent = new Recent()
  #isDue = false
  #said = ''

  constructor(options: ServerOptions) {
    this.#options = options
    this.#runner = new Runner({ ...options, watch: (event: Event) => this.#recent.on(event) })
    // The start is on the disk before anything is asked.
    this.#runner.drive()
  }

  tick(): void {
    this.#runner.tick()
    this.#schedule()
    this.#report()
  }

  receive(from: NodeId, message: Message): void {
    this.#runner.receive(from, message)
    this.#schedule()
  }

  submit(command: Command, reply: Reply): void {
    this.#runner.submit(command, reply)
    this.#schedule()
  }

  read(vocabulary: string, call: Call, reply: Reply): void {
    this.#runner.read(vocabulary, call, reply)
    this.#schedule()
  }

  status(): ReturnType<ReplicatedApi['status']> {
    const { tickMs, config } = this.#options
    const { log, participant } = this.#runner.core
    // What is told must be on the disk: a vote or decision that a power loss takes back was none.
    this.#runner.drive()
    return {
      ...(log === null ? { role: 'unknown' } : standingOf(log.paxos)),
      members: config.members,
      transactions: this.#recent.told(participant, tickMs),
      clockMs: Date.now(),
      ready: log === null || log.paxos.leader !== null,
    }
  }

  /** One pass handles everything that arrived in this turn of the event loop: one write to the disk for all of it. */
  #schedule(): void {
    if (this.#isDue) return
    this.#isDue = true
    setImmediate(() => {
      this.#isDue = false
      this.#runner.drive()
    })
  }

  #report(): void {
    const { doubts } = this.#runner.core.participant
    const long = doubts.filter(({ ticks }) => ticks * this.#options.tickMs >= LONG_MS)
    const line = long.map(({ prepared }) => prepared.tx).join(', ')
    if (line !== this.#said)
      this.#options.log(line === '' ? 'nothing is in doubt for long' : `in doubt: ${line}`)
    this.#said = line
  }
}
