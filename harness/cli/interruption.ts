/** Commands of many runs: the first signal ends the runs under way in order, the second leaves at once. */

export interface Interruption extends Disposable {
  readonly signal: AbortSignal
}

/** The exit code of a command that a signal ended, by the convention of shells for Ctrl-C. */
export const INTERRUPTED = 130

/** @param how how to go on, for the sentence on standard error */
export const untilInterrupted = (how: string): Interruption => {
  const controller = new AbortController()
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED)
    process.stderr.write(`interrupted: the runs under way are ended; ${how}\n`)
    controller.abort()
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const name of signals) process.on(name, interrupt)
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      for (const name of signals) process.off(name, interrupt)
    },
  }
}
