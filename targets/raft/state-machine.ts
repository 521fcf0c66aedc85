/**
 * The replicated state machine: registers, and the sessions that make declared retries exactly-once (Raft paper,
 * section 8; thesis, 6.3). Everything here is a deterministic function of the log, the expiry of sessions too:
 * when a session is opened beyond the limit, the one that was used longest ago goes.
 */
import { UserError } from '../../harness/support/assert.ts'
import type { RegisterCall, RegisterResult, RegisterValue } from '../../harness/vocabularies/register.ts'
import type { Bug } from './bugs.ts'
import type { Entry } from './core/types.ts'

export type Applied =
  | { readonly type: 'value'; readonly value: unknown }
  /** The command had no effect: its session is gone, or the request is older than the session's last. */
  | { readonly type: 'refused'; readonly error: 'session-expired' | 'stale-sequence' }
  | { readonly type: 'nothing' }

interface Session {
  seq: number
  result: Applied
  lastIndex: number
}

const MAX_SESSIONS = 1000

/** FNV-1a over the text of what was applied, begun at the hash of all before: one number for a whole log. */
const chain = (before: number, { term, command }: Entry): number => {
  let h = before ^ 0x811c9dc5
  for (const byte of Buffer.from(`${term} ${JSON.stringify(command)}`)) h = Math.imul(h ^ byte, 0x01000193)
  return h >>> 0
}

interface Saved {
  readonly registers: readonly [number, number][]
  readonly sessions: readonly [number, Session][]
  readonly log: number
}

const EMPTY: Saved = { registers: [], sessions: [], log: 0 }

/** Order-independent digest: the sum of one hash a register, so that it is kept up to date in constant time. */
const hashOf = (key: number, value: number | undefined): number => {
  if (value === undefined) return 0
  let h = Math.imul(key + 1, 0x9e3779b1) ^ Math.imul(value + 0x7f4a7c15, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)
  return (h ^ (h >>> 13)) >>> 0
}

export class StateMachine {
  readonly #registers: Map<number, number>
  readonly #sessions: Map<number, Session>
  readonly #bug: Bug | null
  #digest = 0
  #log: number

  constructor(bug: Bug | null, data: string | null = null) {
    this.#bug = bug
    const saved = data === null ? EMPTY : (JSON.parse(data) as Saved)
    this.#registers = new Map(saved.registers)
    this.#sessions = new Map(saved.sessions)
    this.#log = saved.log
    for (const [key, value] of this.#registers) this.#digest = (this.#digest + hashOf(key, value)) >>> 0
  }

  /**
   * Of the registers, and of all entries applied to reach them: two entries at one index may leave the same state
   * (a write and its retry), and still no two nodes may apply different ones.
   */
  get digest(): string {
    return [this.#digest, this.#log].map((part) => part.toString(16).padStart(8, '0')).join('-')
  }

  save(): string {
    const saved: Saved = {
      registers: [...this.#registers],
      sessions: [...this.#sessions],
      log: this.#log,
    }
    return JSON.stringify(saved)
  }

  apply(entry: Entry): Applied {
    const { command } = entry
    this.#log = chain(this.#log, entry)
    if (command.kind === 'session') return this.#openSession(entry.index)
    if (command.kind !== 'op') return { type: 'nothing' }
    const session = this.#sessions.get(command.session)
    if (session === undefined) return { type: 'refused', error: 'session-expired' }
    session.lastIndex = entry.index
    if (this.#bug !== 'retry-applied-twice') {
      if (command.seq === session.seq) return session.result
      if (command.seq < session.seq) return { type: 'refused', error: 'stale-sequence' }
    }
    session.seq = command.seq
    session.result = { type: 'value', value: this.#execute(command.call as RegisterCall) }
    return session.result
  }

  read(key: number): RegisterResult & { readonly value: RegisterValue } {
    return { key, value: this.#registers.get(key) ?? null }
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

  #execute(call: RegisterCall): RegisterResult {
    if (call.f === 'read') return this.read(call.value.key)
    if (call.f === 'write') {
      this.#put(call.value.key, call.value.value)
      return call.value
    }
    if (call.f !== 'cas')
      throw new UserError(`${(call as { f: string }).f} is no call of the register vocabulary`)
    const { key, expected, next } = call.value
    const applied = (this.#registers.get(key) ?? null) === expected
    if (applied) this.#put(key, next)
    return { key, expected, next, applied }
  }

  #put(key: number, value: number): void {
    this.#digest = (this.#digest - hashOf(key, this.#registers.get(key)) + hashOf(key, value)) >>> 0
    this.#registers.set(key, value)
  }
}
