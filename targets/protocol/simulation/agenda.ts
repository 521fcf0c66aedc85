/** Tick -> actions due then, in the order in which they were scheduled. */
export class Agenda {
  readonly #actions = new Map<number, (() => void)[]>()

  add(tick: number, action: () => void): void {
    const due = this.#actions.get(tick)
    if (due === undefined) this.#actions.set(tick, [action])
    else due.push(action)
  }

  run(tick: number): void {
    const due = this.#actions.get(tick) ?? []
    this.#actions.delete(tick)
    for (const action of due) action()
  }
}
