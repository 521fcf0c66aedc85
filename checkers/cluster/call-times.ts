/** When calls were made and over, as numbers: 20 bytes a call. */
import type { Pair, Sequence } from '../../harness/api/history.ts'
import { Growing } from '../../harness/support/growing.ts'
import { type Span, touching } from './spans.ts'

/** Calls in order of invocation. */
export class CallTimes {
  readonly #names: string[] = []
  readonly #name = new Growing(Int32Array)
  readonly #fromNs = new Growing(Float64Array)
  readonly #toNs = new Growing(Float64Array)

  add(f: string, fromNs: number, toNs: number): void {
    const known = this.#names.indexOf(f)
    this.#name.push(known === -1 ? this.#names.push(f) - 1 : known)
    this.#fromNs.push(fromNs)
    this.#toNs.push(toNs)
  }

  f(call: number): string {
    return this.#names[this.#name.at(call)] as string
  }

  span(call: number): Span {
    return { fromNs: this.#fromNs.at(call), toNs: this.#toNs.at(call) }
  }

  /** When they were over, ascending. */
  endsNs(): Float64Array {
    return this.#toNs.all().toSorted()
  }

  /** Returns a function that finds the calls that touch a span. */
  touching(): (span: Span) => readonly number[] {
    return touching(this.#fromNs.all(), this.#toNs.all())
  }
}

/** @param endNs when a call without a completion is over */
export const callTimes = (
  pairs: Sequence<Pair>,
  endNs: number,
): { readonly all: CallTimes; readonly acknowledged: CallTimes } => {
  const [all, acknowledged] = [new CallTimes(), new CallTimes()]
  for (const { invocation, completion } of pairs) {
    const { f, timeNs } = invocation
    all.add(f, timeNs, completion?.timeNs ?? endNs)
    if (completion?.type === 'ok') acknowledged.add(f, timeNs, completion.timeNs)
  }
  return { all, acknowledged }
}
