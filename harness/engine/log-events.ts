/** What a run tells the harness's log. */
import type { Log } from '../api/log.ts'
import type { RunFacts, Sample } from '../api/record.ts'
import type { NodeStatus } from '../api/target.ts'
import type { FaultEvent } from '../store/run-store.ts'
import type { RunParts } from './run-parts.ts'

/** Tells the terminal and the log. */
export const enterPhase = ({ progress, log }: RunParts, phase: string): void => {
  log.info('phase', { phase })
  progress.phase(phase)
}

/** The lives of faults. One that never had an effect counts for nothing, which is worth a warning. */
export class FaultLog {
  readonly #log: Log
  readonly #effective = new Set<string>()

  constructor(log: Log) {
    this.#log = log
  }

  tell(event: FaultEvent): void {
    switch (event.type) {
      case 'planned':
        return this.#log.info('fault planned', { ...event.fault })
      case 'injected':
        return this.#log.info('fault injected', { id: event.id, victims: event.victims })
      case 'failed':
        return this.#log.warn('fault failed', { id: event.id, error: event.error })
      default:
        return this.#tellEffect(event)
    }
  }

  #tellEffect({ type, id, effect }: Extract<FaultEvent, { type: 'measured' | 'healed' }>): void {
    if (effect.bit) this.#effective.add(id)
    this.#log.info(`fault ${type}`, { id, effective: effect.bit, effect: effect.summary })
    if (type === 'healed' && !this.#effective.has(id)) this.#log.warn('fault had no effect', { id })
  }
}

/** The nodes' own status: told where a node begins or ceases to answer or to lead. */
export class StatusLog {
  readonly #log: Log
  readonly #last = new Map<string, NodeStatus | null>()

  constructor(log: Log) {
    this.#log = log
  }

  see({ node, status }: Sample): void {
    const before = this.#last.get(node)
    this.#last.set(node, status)
    if (status === null) {
      if (before !== null) this.#log.info('node does not answer', { node })
      return
    }
    if (before === null || before === undefined)
      this.#log.info('node answers', { node, role: status.role, term: status.term })
    else this.#tellChange(node, before, status)
  }

  #tellChange(node: string, before: NodeStatus, { role, term, members }: NodeStatus): void {
    if (role === 'leader' && (before.role !== 'leader' || term !== before.term))
      this.#log.info('node leads', { node, term })
    else if (role !== 'leader' && before.role === 'leader')
      this.#log.info('node leads no more', { node, role, term })
    else if (role !== before.role) this.#log.debug('node changed its role', { node, role, term })
    if (String(members) !== String(before.members)) this.#log.info('members changed', { node, members })
  }
}

/** Above this the harness was held up so often that its intervals may be too wide to show much. */
const HIGH_DELAY_MS = 100

export const logDelays = (log: Log, delays: RunFacts['eventLoopDelayMs']): void => {
  if (delays.p99 > HIGH_DELAY_MS) log.warn('event-loop delay is high: intervals are wide', { ...delays })
  else log.info('event-loop delay', { ...delays })
}
