/** What a run writes to the harness's log. */
import type { Log } from '../api/log.ts'
import type { PlannedFault } from '../api/nemesis.ts'
import type { FaultEvent, RunFacts, Sample } from '../api/record.ts'
import type { NodeStatus } from '../api/target.ts'
import { NS_PER_MS } from '../support/time.ts'
import { phasesFor } from './fault-plan.ts'
import type { RunParts } from './run-parts.ts'

/** Reports a new phase to the terminal and the log. */
export const enterPhase = ({ progress, log }: RunParts, phase: string): void => {
  log.info('phase', { phase })
  progress.phase(phase)
}

/** Logs how the faults are planned: what acts when, and how long a node is left to start. */
export const logPlan = (parts: RunParts, startUpNs: number): void => {
  parts.log.info('plan', { startUpMs: startUpNs / NS_PER_MS })
  for (const { kind, fromNs, toNs, nemeses } of phasesFor(parts, startUpNs))
    parts.log.info('plan phase', { kind, fromMs: fromNs / NS_PER_MS, toMs: toNs / NS_PER_MS, nemeses })
}

/** Planned faults that are logged one by one. All are in faults.jsonl. */
const MOST_PLANNED = 1000

/** Logs what happens to faults. A fault that never had an effect does not count, which is worth a warning. */
export class FaultLog {
  readonly #log: Log
  readonly #effective = new Set<string>()
  #planned = 0

  constructor(log: Log) {
    this.#log = log
  }

  record(event: FaultEvent): void {
    switch (event.type) {
      case 'planned':
        return this.#recordPlanned(event.fault)
      case 'injected':
        return this.#log.info('fault injected', { id: event.id, victims: event.victims })
      case 'injecting':
        return this.#log.debug('fault is being injected', { id: event.id })
      case 'healing':
        return this.#log.debug('fault is being healed', { id: event.id })
      case 'left-out':
        return this.#log.info('fault left out', { id: event.id })
      case 'failed':
        return this.#log.warn('fault failed', { id: event.id, error: event.error })
      default:
        return this.#recordEffect(event)
    }
  }

  #recordPlanned(fault: PlannedFault): void {
    this.#planned++
    if (this.#planned <= MOST_PLANNED) this.#log.info('fault planned', { ...fault })
    else if (this.#planned === MOST_PLANNED + 1) this.#log.info('more faults planned: see faults.jsonl')
  }

  #recordEffect({ type, id, effect }: Extract<FaultEvent, { type: 'measured' | 'healed' }>): void {
    if (effect.effective) this.#effective.add(id)
    this.#log.info(`fault ${type}`, { id, effective: effect.effective, effect: effect.summary })
    if (type === 'healed' && !this.#effective.has(id)) this.#log.warn('fault had no effect', { id })
  }
}

/** Logs changes of the nodes' status: when a node starts or stops answering or leading, and when members change. */
export class StatusLog {
  readonly #log: Log
  readonly #last = new Map<string, NodeStatus | null>()

  constructor(log: Log) {
    this.#log = log
  }

  record({ node, status }: Sample): void {
    const before = this.#last.get(node)
    this.#last.set(node, status)
    if (status === null) {
      if (before !== null) this.#log.info('node does not answer', { node })
      return
    }
    if (before === null || before === undefined)
      this.#log.info('node answers', { node, role: status.role, term: status.term })
    else this.#recordChange(node, before, status)
  }

  #recordChange(node: string, before: NodeStatus, { role, term, members }: NodeStatus): void {
    if (role === 'leader' && (before.role !== 'leader' || term !== before.term))
      this.#log.info('node leads', { node, term })
    else if (role !== 'leader' && before.role === 'leader')
      this.#log.info('node stopped leading', { node, role, term })
    else if (role !== before.role) this.#log.debug('node changed its role', { node, role, term })
    if (String(members) !== String(before.members)) this.#log.info('members changed', { node, members })
  }
}

/** Above this, the harness was delayed so often that its intervals may be too wide to prove much. */
const HIGH_DELAY_MS = 100

export const logDelays = (log: Log, delays: RunFacts['eventLoopDelayMs']): void => {
  if (delays.p99 > HIGH_DELAY_MS) log.warn('event-loop delay is high: intervals are wide', { ...delays })
  else log.info('event-loop delay', { ...delays })
}
