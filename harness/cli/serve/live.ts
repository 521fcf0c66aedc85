/** A run in progress, from the files that grow. */
import path from 'node:path'
import type { Operation } from '../../api/history.ts'
import type { FaultEvent, Sample } from '../../api/record.ts'
import { type OnlineState, readOnlineState } from '../../store/online-file.ts'
import { FILES } from '../../store/run-store.ts'
import { Tail } from '../../store/tail.ts'
import { maskMessage } from '../../support/mask.ts'
import { inNameOrder } from '../../support/names.ts'
import { NS_PER_MS } from '../../support/time.ts'

export interface LiveState {
  readonly atMs: number
  readonly counts: { readonly ok: number; readonly fail: number; readonly info: number }
  readonly underWay: number
  /** The faults in force, such as `kill-1 (n2)`. */
  readonly faults: readonly string[]
  readonly faultsSoFar: number
  /** Node -> role and term, or no answer. */
  readonly nodes: readonly (readonly [string, string])[]
  /** The most frequent errors of clients, with numbers and addresses masked. */
  readonly errors: readonly (readonly [string, number])[]
  /** What is decided already. Null: nobody judges it yet. */
  readonly online: OnlineState | null
}

/** Lines that are no objects are left out. */
const parsed = <T>(lines: readonly string[]): readonly T[] =>
  lines.flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line)
      return typeof value === 'object' && value !== null ? [value as T] : []
    } catch {
      return []
    }
  })

const MOST_ERRORS = 5

export class Live {
  readonly #dir: string
  readonly #history: Tail
  readonly #faults: Tail
  readonly #samples: Tail
  readonly #counts = { ok: 0, fail: 0, info: 0 }
  readonly #nodes = new Map<string, string>()
  readonly #errors = new Map<string, number>()
  readonly #inForce = new Map<string, string>()
  #faultsSoFar = 0
  #underWay = 0
  #atNs = 0

  constructor(dir: string) {
    this.#dir = dir
    this.#history = new Tail(path.join(dir, FILES.history))
    this.#faults = new Tail(path.join(dir, FILES.faults))
    this.#samples = new Tail(path.join(dir, FILES.samples))
  }

  look(): LiveState {
    for (const operation of parsed<Partial<Operation>>(this.#history.read())) this.#take(operation)
    for (const event of parsed<FaultEvent>(this.#faults.read())) this.#takeFault(event)
    for (const { node, status } of parsed<Partial<Sample>>(this.#samples.read()))
      if (node !== undefined)
        this.#nodes.set(
          node,
          status === null || status === undefined
            ? 'no answer'
            : `${status.role}${status.term === undefined ? '' : `, term ${status.term}`}`,
        )
    return {
      atMs: Math.round(this.#atNs / NS_PER_MS),
      counts: { ...this.#counts },
      underWay: Math.max(0, this.#underWay),
      faults: [...this.#inForce.values()],
      faultsSoFar: this.#faultsSoFar,
      nodes: inNameOrder(this.#nodes.keys()).map((node) => [node, this.#nodes.get(node) ?? ''] as const),
      errors: [...this.#errors].sort((a, b) => b[1] - a[1]).slice(0, MOST_ERRORS),
      online: readOnlineState(this.#dir),
    }
  }

  #take({ process, type, timeNs, error }: Partial<Operation>): void {
    if (type === undefined || typeof timeNs !== 'number' || process === 'nemesis') return
    this.#atNs = Math.max(this.#atNs, timeNs)
    if (type === 'invoke') {
      this.#underWay++
      return
    }
    this.#underWay--
    this.#counts[type]++
    if (typeof error !== 'string') return
    const masked = maskMessage(error)
    this.#errors.set(masked, (this.#errors.get(masked) ?? 0) + 1)
  }

  #takeFault(event: FaultEvent): void {
    if (event.type === 'injected') {
      this.#faultsSoFar++
      this.#inForce.set(event.id, `${event.id} (${event.victims.join(', ')})`)
    }
    if (event.type === 'healed') this.#inForce.delete(event.id)
  }
}
