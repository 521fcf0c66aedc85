/** Numbered changes of keys, for watches. */
import type { Call } from '../../../harness/api/history.ts'
import type { WatchCall, WatchEvent, Watched } from '../../../harness/vocabularies/watch.ts'
import { hashText, type MakeStructure, type Structure } from './structure.ts'

/** Limit for one answer. */
const MOST_EVENTS = 50

export class Changes implements Structure {
  readonly #events: WatchEvent[]
  digest = 0

  constructor(saved: readonly WatchEvent[]) {
    this.#events = [...saved]
    for (const event of this.#events) this.#count(event)
  }

  execute(raw: Call): WatchEvent | Watched {
    const call = raw as WatchCall
    if (call.f === 'watch') return this.read(call)
    const { key, value } = call.value
    const event = { key, value, revision: this.#last + 1 }
    this.#events.push(event)
    this.#count(event)
    return event
  }

  read(call: Call): Watched {
    const { after } = call.value as { after: number }
    // Revisions have no gaps.
    const start = Math.max(0, after + 1 - (this.#events[0]?.revision ?? 1))
    const events = this.#events.slice(start, start + MOST_EVENTS)
    return { events, upTo: events.at(-1)?.revision ?? after }
  }

  save(): readonly WatchEvent[] {
    return this.#events
  }

  get #last(): number {
    return this.#events.at(-1)?.revision ?? 0
  }

  #count(event: WatchEvent): void {
    this.digest = hashText(JSON.stringify(event), this.digest)
  }
}

export const changes: MakeStructure = (saved) => new Changes((saved ?? []) as WatchEvent[])
