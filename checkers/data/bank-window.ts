/**
 * Accounts in a window. A read is judged by itself, and by the sums of all transfers that were over when it began, or had begun
 * when it ended. So transfers that were over before the window may be replaced by one an account with what they came to, those
 * of unknown outcome by two, what may have come and what may have gone: whatever a read in the window shows, the bounds that it is
 * held against are those of the whole. Nothing is lost besides: a read that is given up was judged.
 */
import type { Operation } from '../../harness/api/history.ts'
import type { SlidingWindow } from '../../harness/api/verdict.ts'
import type { BankCall } from '../../harness/vocabularies/bank.ts'

/** The other side of what stands for many transfers. No read shows it. */
const ELSEWHERE = -1

type Transfer = (BankCall & { readonly f: 'transfer' })['value']

/** What came to an account, and what went. */
class Sums {
  readonly #came = new Map<number, number>()
  readonly #went = new Map<number, number>()

  add({ from, to, amount }: Transfer): void {
    this.#went.set(from, (this.#went.get(from) ?? 0) + amount)
    this.#came.set(to, (this.#came.get(to) ?? 0) + amount)
  }

  /** What may have come and gone, each in part. */
  apart(): readonly Transfer[] {
    return [
      ...[...this.#came].map(([to, amount]) => ({ from: ELSEWHERE, to, amount })),
      ...[...this.#went].map(([from, amount]) => ({ from, to: ELSEWHERE, amount })),
    ].filter(({ from, to }) => from !== to)
  }

  /** What is left where all of it happened. */
  net(): readonly Transfer[] {
    const accounts = new Set([...this.#came.keys(), ...this.#went.keys()])
    accounts.delete(ELSEWHERE)
    return [...accounts].map((to) => ({
      from: ELSEWHERE,
      to,
      amount: (this.#came.get(to) ?? 0) - (this.#went.get(to) ?? 0),
    }))
  }
}

const standIn = (transfers: readonly Transfer[], isOver: boolean): readonly Omit<Operation, 'index'>[] =>
  transfers.flatMap((value, at) => {
    // Processes of their own, since one with an unknown outcome is not used again.
    const call = { timeNs: 0, process: -1 - 2 * at - Number(isOver), f: 'transfer' }
    return [
      { ...call, type: 'invoke', value },
      isOver ? { ...call, type: 'ok', value: { ...value, applied: true } } : { ...call, type: 'info', value },
    ]
  })

class BankWindow implements SlidingWindow {
  /** Processes whose open call was given up. */
  readonly #givenUp = new Set<Operation['process']>()

  take(operation: Operation): Operation | null {
    if (operation.process === 'nemesis') return null
    return operation.type !== 'invoke' && this.#givenUp.delete(operation.process) ? null : operation
  }

  giveUp(held: readonly Operation[], before: number): readonly Operation[] {
    const [over, unknown] = [new Sums(), new Sums()]
    const open = new Map<Operation['process'], Operation>()
    const gone = new Set<Operation>()
    const end = (invocation: Operation, completion: Operation): void => {
      if (invocation.index >= before || (invocation.f === 'transfer' && completion.index >= before)) return
      gone.add(invocation).add(completion)
      if (invocation.f !== 'transfer' || completion.type === 'fail') return
      if (completion.type === 'info') unknown.add(invocation.value as Transfer)
      else if ((completion.value as { readonly applied: boolean }).applied)
        over.add(invocation.value as Transfer)
    }
    for (const operation of held) {
      const { process, type } = operation
      const invocation = open.get(process)
      open.delete(process)
      if (type === 'invoke') open.set(process, operation)
      else if (invocation !== undefined) end(invocation, operation)
    }
    // A transfer that goes on is held. A read is given up, with the answer that it may get.
    for (const [process, invocation] of open)
      if (invocation.f !== 'transfer' && invocation.index < before) {
        gone.add(invocation)
        this.#givenUp.add(process)
      }
    const sums = [...standIn(over.net(), true), ...standIn(unknown.apart(), false)]
    const summed = sums.map((each, at) => ({ ...each, index: at - sums.length }))
    return [...summed, ...held.filter((each) => !gone.has(each))]
  }
}

export const bankWindow = (): SlidingWindow => new BankWindow()
