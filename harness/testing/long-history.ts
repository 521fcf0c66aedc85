/** A history of any length in which everything occurs that may: all types, values of all kinds and lengths, the nemesis. */
import type { Operation } from '../api/history.ts'

const THREADS = 3

const valueAt = (index: number): unknown => {
  if (index % 7 === 0) return index
  if (index % 13 === 0) return { key: 'é\u2028"\\', value: 2n ** 64n + BigInt(index) }
  if (index % 17 === 0) return [null, true, -0.5, { a: [] }, '🎈']
  return { key: `k${index % 5}`, value: 'x'.repeat(index % 50) }
}

const isOfNemesis = (index: number): boolean => index % 1001 === 0

/** Each thread has at most one open operation, and goes on as another process after an info. */
class Thread {
  #process: number
  #open: string | null = null

  constructor(process: number) {
    this.#process = process
  }

  next(index: number): Pick<Operation, 'process' | 'type' | 'f'> {
    const process = this.#process
    if (this.#open === null) {
      this.#open = index % 5 === 0 ? 'read' : 'write'
      return { process, type: 'invoke', f: this.#open }
    }
    const f = this.#open
    this.#open = null
    if (index % 89 !== 0) return { process, type: index % 11 === 0 ? 'fail' : 'ok', f }
    this.#process += THREADS + 1
    return { process, type: 'info', f }
  }
}

/** With its fields in the order in which a run writes them. */
export const asWritten = ({ index, timeNs, process, type, f, value, ...others }: Operation): Operation => ({
  ...{ index, timeNs, process, type, f, value },
  ...others,
})

/** The operation of the last thread is open nearly all the time; the last ones stay open. */
export const longHistory = (count: number): readonly Operation[] => {
  const threads = Array.from({ length: THREADS + 1 }, (_, thread) => new Thread(thread))
  return Array.from({ length: count }, (_, index) => {
    const isLong = index === 1 || index === count - 2
    const thread = threads[isLong ? THREADS : index % THREADS] as Thread
    return {
      ...{ index, timeNs: index * 10, value: valueAt(index) },
      ...(isOfNemesis(index)
        ? { process: 'nemesis' as const, type: 'info' as const, f: 'kill' }
        : thread.next(index)),
      ...(index % 2 === 0 ? { node: index % 10 === 0 ? 'é' : `n${index % 4}` } : {}),
      ...(index % 23 === 0 ? { meta: { term: index, served: 'n1' }, error: `é ${index}` } : {}),
    }
  })
}
