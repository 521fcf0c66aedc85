/** Commands that nobody asked for: a call that somebody made, with another value, as if a node had made it by itself. */
import type { Rng } from '../../../harness/api/random.ts'
import type { Command } from '../commands.ts'
import { otherValue } from './values.ts'

export class Forger {
  readonly #rng: Rng
  #latest: Extract<Command, { kind: 'op' }> | null = null

  constructor(rng: Rng) {
    this.#rng = rng
  }

  observe(commands: readonly (Command | { readonly kind: 'config' })[]): void {
    for (const command of commands) if (command.kind === 'op') this.#latest = command
  }

  /** Null: nobody has asked for anything yet that could be changed. */
  make(): Command | null {
    if (this.#latest === null) return null
    const { vocabulary, call } = this.#latest
    const value = otherValue(call.value, this.#rng)
    return value === null ? null : { kind: 'internal', vocabulary, call: { ...call, value } }
  }
}
