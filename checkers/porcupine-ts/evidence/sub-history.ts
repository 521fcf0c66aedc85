/** The prefix or the witness of an illegal result, as a history that can be checked again. */
import type { Illegal, Operation } from '../model.ts'

/** The operations of `which` when the blocked one returned. Those that had not returned by then keep their output. */
export const subHistory = <I, O>(
  operations: readonly Operation<I, O>[],
  { blocked }: Illegal,
  which: ArrayLike<number>,
): Operation<I, O>[] => {
  const end = (operations[blocked] as Operation<I, O>).return
  return Array.from(which, (index) => {
    const operation = operations[index] as Operation<I, O>
    return operation.return <= end ? operation : { ...operation, return: Number.POSITIVE_INFINITY }
  })
}
