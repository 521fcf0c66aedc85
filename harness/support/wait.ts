/** Waiting: every wait has a deadline and can be interrupted. And a stopwatch, for what waits on others. */

/** Returns a function that tells how many milliseconds have passed since. */
export const startStopwatch = (): (() => number) => {
  const startMs = performance.now()
  return () => performance.now() - startMs
}

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
