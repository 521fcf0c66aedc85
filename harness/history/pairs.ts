/**
 * Invocations joined with their completions, and the rules a history must keep before anything may judge it.
 * An invocation without a completion is open: it may have happened, like one that ended in info.
 */
import type { Operation, Pair } from '../api/history.ts'
import { UserError } from '../support/assert.ts'

const bad = (operation: Operation, why: string): UserError =>
  new UserError(
    `The history is not well-formed: operation ${operation.index} (process ${operation.process}, ${operation.type} ${operation.f}) ${why}.`,
  )

/** The clients' operations, in order of invocation. Throws a UserError naming the first operation that breaks a rule. */
export const pairOperations = (history: readonly Operation[]): readonly Pair[] => {
  const pairs: { invocation: Operation; completion: Operation | null }[] = []
  const open = new Map<number, { invocation: Operation; completion: Operation | null }>()
  const crashed = new Set<number>()
  let previous: Operation | null = null
  for (const operation of history) {
    if (previous !== null && operation.index <= previous.index)
      throw bad(operation, `does not come after operation ${previous.index}`)
    if (previous !== null && operation.timeNs < previous.timeNs) throw bad(operation, 'goes back in time')
    previous = operation
    if (operation.process === 'nemesis') continue
    const pending = open.get(operation.process)
    if (operation.type === 'invoke') {
      if (pending !== undefined)
        throw bad(
          operation,
          `was invoked while operation ${pending.invocation.index} of the same process was open`,
        )
      if (crashed.has(operation.process)) throw bad(operation, 'uses a process that has crashed (info)')
      const pair = { invocation: operation, completion: null }
      open.set(operation.process, pair)
      pairs.push(pair)
      continue
    }
    if (pending === undefined) throw bad(operation, 'completes nothing: its process has no open operation')
    if (pending.invocation.f !== operation.f)
      throw bad(
        operation,
        `completes operation ${pending.invocation.index}, which is a ${pending.invocation.f}`,
      )
    pending.completion = operation
    open.delete(operation.process)
    if (operation.type === 'info') crashed.add(operation.process)
  }
  return pairs
}
