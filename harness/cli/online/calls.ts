/** Looks up calls in the run so far. */
import type { Operation, Pair } from '../../api/history.ts'

/** Among these operations: in the order in which the calls ended; then those without an answer. */
export const callsAmong = function* (
  operations: Iterable<Operation>,
  isWanted: (call: Pair) => boolean,
): Generator<Pair> {
  const open = new Map<Operation['process'], Operation>()
  for (const operation of operations) {
    const { process, type } = operation
    if (process === 'nemesis') continue
    const invocation = open.get(process)
    if (type === 'invoke') open.set(process, operation)
    else open.delete(process)
    if (type === 'invoke' || invocation === undefined) continue
    const call = { invocation, completion: operation }
    if (isWanted(call)) yield call
  }
  for (const invocation of open.values()) {
    const call = { invocation, completion: null }
    if (isWanted(call)) yield call
  }
}

/** The operations of calls, in the order of the run. */
export const operationsOf = (calls: Iterable<Pair>): readonly Operation[] =>
  [...calls]
    .flatMap(({ invocation, completion }) => (completion === null ? [invocation] : [invocation, completion]))
    .sort((a, b) => a.index - b.index)
