/**
 * Ids in a window. Of all ids a fingerprint is kept: 14 to 27 bytes an id. If one looks like an earlier one, the calls with
 * this id are looked up in the run so far, so that a fingerprint alone never says that an id was handed out twice. Where ids
 * are ordered, each is compared with the greatest that was known before it was asked for: of what is given up, the greatest
 * is held, and one id of each type, since ids of several types have no order.
 */
import type { Operation, Pair } from '../../harness/api/history.ts'
import type { SlidingWindow } from '../../harness/api/verdict.ts'
import type { Generated } from '../../harness/vocabularies/unique-ids.ts'
import { inText, type Scalar } from '../../harness/vocabularies/values.ts'
import { Fingerprints } from '../fingerprints.ts'

const idIn = ({ value }: Operation): Scalar => (value as Generated).id

class IdsWindow implements SlidingWindow {
  readonly #known = new Fingerprints()
  #suspects = new Set<string>()
  readonly #givenUp = new Set<Operation['process']>()

  take(operation: Operation): Operation | null {
    const { process, type } = operation
    if (process === 'nemesis') return null
    if (type === 'ok') this.#know(inText(idIn(operation)))
    return type !== 'invoke' && this.#givenUp.delete(process) ? null : operation
  }

  #know(id: string): void {
    if (this.#known.has(id)) this.#suspects.add(id)
    else this.#known.add(id)
  }

  recalls(): ((call: Pair) => boolean) | null {
    const suspects = this.#suspects
    if (suspects.size === 0) return null
    this.#suspects = new Set()
    return ({ completion }) => completion?.type === 'ok' && suspects.has(inText(idIn(completion)))
  }

  giveUp(held: readonly Operation[], before: number): readonly Operation[] {
    const begun = new Map<Operation['process'], Operation>()
    const gone = new Set<Operation>()
    /** Type -> the call with the greatest id of this type. */
    const greatest = new Map<string, readonly Operation[]>()
    for (const operation of held) {
      const { process, type } = operation
      const invocation = begun.get(process)
      begun.delete(process)
      if (type === 'invoke') begun.set(process, operation)
      if (invocation === undefined || invocation.index >= before || type === 'invoke') continue
      gone.add(invocation).add(operation)
      if (type !== 'ok') continue
      const of = typeof idIn(operation)
      const known = greatest.get(of)?.at(-1)
      // What was over before the window was known to every call in it.
      if (operation.index < before && (known === undefined || idIn(operation) > idIn(known)))
        greatest.set(of, [invocation, operation])
    }
    for (const [process, invocation] of begun)
      if (invocation.index < before) {
        gone.add(invocation)
        this.#givenUp.add(process)
      }
    for (const each of [...greatest.values()].flat()) gone.delete(each)
    return held.filter((each) => !gone.has(each))
  }
}

export const idsWindow = (): SlidingWindow => new IdsWindow()
