/**
 * The replicated state machine: the data of each vocabulary (`structures/`), and the sessions that make declared retries
 * exactly-once (Raft paper, section 8; thesis, 6.3). Everything here is a deterministic function of the log, including
 * the expiry of sessions: when there are too many, the one that was unused for longest is removed.
 */
import type { Call } from '../../harness/api/history.ts'
import type { Request } from '../../harness/vocabularies/effects.ts'
import type { Command } from './commands.ts'
import { structures } from './structures/index.ts'
import { requestsOf } from './structures/ledger.ts'
import { hashText, type MakeStructure, type Position, type Structure } from './structures/structure.ts'

export type Applied =
  | { readonly type: 'value'; readonly value: unknown }
  /** The command had no effect: its session has expired, or the session has had a later request. */
  | { readonly type: 'refused'; readonly error: 'session-expired' | 'stale-sequence' | 'no-such-vocabulary' }
  | { readonly type: 'nothing' }

/** An entry of the log. */
interface Logged {
  readonly index: number
  /** Of its leader; where a protocol's entries have none that all nodes agree on, any number that is the same everywhere. */
  readonly term: number
  /** A change of the configuration is the protocol's own, and changes nothing here. */
  readonly command: Command | { readonly kind: 'config' }
}

interface Session {
  seq: number
  result: Applied
  lastIndex: number
}

const MAX_SESSIONS = 1000

interface Saved {
  readonly structures: Readonly<Record<string, unknown>>
  readonly sessions: readonly [number, Session][]
  readonly log: number
}

const EMPTY: Saved = { structures: {}, sessions: [], log: 0 }

/** Where a planted bug can change the state machine. */
export interface MachineDeviations {
  /** A request takes effect each time that it is applied, whatever its session remembers. */
  readonly ignoresSequence: boolean
  /** Vocabulary -> the structure that replaces its healthy one. */
  readonly structures: Readonly<Record<string, MakeStructure>>
}

export const healthyMachine: MachineDeviations = { ignoresSequence: false, structures: {} }

export class StateMachine {
  readonly #structures = new Map<string, Structure>()
  readonly #sessions: Map<number, Session>
  readonly #deviations: MachineDeviations
  /** A hash chain: one number for all entries applied so far. */
  #log: number

  /** @param data what `save` returned; null at the beginning */
  constructor(data: string | null = null, deviations: MachineDeviations = healthyMachine) {
    this.#deviations = deviations
    const saved = data === null ? EMPTY : (JSON.parse(data) as Saved)
    this.#sessions = new Map(saved.sessions)
    this.#log = saved.log
    for (const [vocabulary, healthy] of Object.entries(structures)) {
      const make = deviations.structures[vocabulary] ?? healthy.make
      this.#structures.set(vocabulary, make(saved.structures[vocabulary] ?? null))
    }
  }

  /**
   * A digest of the state, and of all entries applied to reach it. Two different entries at one index may lead to the
   * same state (a write and its retry), but no two nodes may apply different ones.
   */
  get digest(): string {
    let state = 0
    for (const { digest } of this.#structures.values()) state = (Math.imul(state, 31) + digest) >>> 0
    return [state, this.#log].map((part) => part.toString(16).padStart(8, '0')).join('-')
  }

  save(): string {
    const saved: Saved = {
      structures: Object.fromEntries([...this.#structures].map(([name, each]) => [name, each.save()])),
      sessions: [...this.#sessions],
      log: this.#log,
    }
    return JSON.stringify(saved)
  }

  apply({ index, term, command }: Logged): Applied {
    this.#log = hashText(`${term} ${JSON.stringify(command)}`, this.#log)
    if (command.kind === 'session') return this.#openSession(index)
    if (command.kind === 'internal') return this.#execute(command, { index, term, session: 0 })
    if (command.kind !== 'op') return { type: 'nothing' }
    const session = this.#sessions.get(command.session)
    if (session === undefined) return { type: 'refused', error: 'session-expired' }
    session.lastIndex = index
    if (!this.#deviations.ignoresSequence) {
      if (command.seq === session.seq) return session.result
      if (command.seq < session.seq) return { type: 'refused', error: 'stale-sequence' }
    }
    session.seq = command.seq
    session.result = this.#execute(command, { index, term, session: command.session })
    return session.result
  }

  /** Requests for the leader's worker: accepted, and not known to be done. */
  get requests(): readonly { readonly vocabulary: string; readonly request: Request }[] {
    return [...this.#structures].flatMap(([vocabulary, structure]) =>
      requestsOf(structure).map((request) => ({ vocabulary, request })),
    )
  }

  /** The data of a vocabulary; undefined if there is no such vocabulary. */
  structure(vocabulary: string): Structure | undefined {
    return this.#structures.get(vocabulary)
  }

  /** The answer to a call that changes nothing. */
  read(vocabulary: string, call: Call): unknown {
    return this.#structures.get(vocabulary)?.read(call)
  }

  #execute({ vocabulary, call }: { vocabulary: string; call: Call }, at: Position): Applied {
    const structure = this.#structures.get(vocabulary)
    if (structure === undefined) return { type: 'refused', error: 'no-such-vocabulary' }
    return { type: 'value', value: structure.execute(call, at) }
  }

  #openSession(index: number): Applied {
    if (this.#sessions.size >= MAX_SESSIONS) {
      let oldest: [number, Session] | null = null
      for (const entry of this.#sessions)
        if (oldest === null || entry[1].lastIndex < oldest[1].lastIndex) oldest = entry
      if (oldest !== null) this.#sessions.delete(oldest[0])
    }
    this.#sessions.set(index, { seq: 0, result: { type: 'nothing' }, lastIndex: index })
    return { type: 'value', value: index }
  }
}
