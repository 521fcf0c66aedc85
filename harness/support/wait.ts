/** Waiting: every wait has a deadline and can be interrupted. */

/** Resolves after `ms`. Rejects with the signal's reason as soon as the signal is aborted. */
export const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason)
    const onAbort = (): void => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    signal?.addEventListener('abort', onAbort, { once: true })
  })

/** Calls `holds` every `everyMs` until it returns true. Resolves to false once `timeoutMs` have passed. */
export const waitUntil = async (
  holds: () => boolean | Promise<boolean>,
  timeoutMs: number,
  everyMs: number,
  signal?: AbortSignal,
): Promise<boolean> => {
  const deadlineMs = performance.now() + timeoutMs
  for (;;) {
    if (await holds()) return true
    if (performance.now() >= deadlineMs) return false
    await sleep(everyMs, signal)
  }
}

/**
 * A signal that is aborted with another one, or as by a timeout after `ms`, until it is disposed of. `AbortSignal.timeout` has no
 * end: its timer fires long after the answer, and makes an error that nobody reads.
 */
export class Deadline implements Disposable {
  readonly #controller = new AbortController()
  readonly #outer: AbortSignal
  readonly #timer: NodeJS.Timeout

  constructor(outer: AbortSignal, ms: number) {
    this.#outer = outer
    this.#timer = setTimeout(
      () => this.#controller.abort(new DOMException(`no answer within ${ms} ms`, 'TimeoutError')),
      ms,
    )
    if (outer.aborted) this.#give()
    else outer.addEventListener('abort', this.#give, { once: true })
  }

  readonly #give = (): void => this.#controller.abort(this.#outer.reason)

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
    this.#outer.removeEventListener('abort', this.#give)
  }
}
