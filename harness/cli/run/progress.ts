/** The progress of a run: one line that is rewritten on a terminal, or a line every few seconds elsewhere. */
import type { Operation } from '../../api/history.ts'
import type { RunSpec } from '../../api/record.ts'
import type { Progress } from '../../engine/run-parts.ts'

const TERMINAL_PERIOD_MS = 200
const PLAIN_PERIOD_MS = 5000

export interface RunningProgress extends Progress {
  stop(): void
}

export const startProgress = (spec: RunSpec, quiet: boolean): RunningProgress => {
  const terminal = process.stderr.isTTY === true
  const counts = { ok: 0, fail: 0, info: 0 }
  const startMs = performance.now()
  let phase = ''
  let active: readonly string[] = []
  let last = { atMs: startMs, ok: 0, rate: 0 }

  const rate = (): number => {
    const nowMs = performance.now()
    if (nowMs - last.atMs >= 1000) {
      last = {
        atMs: nowMs,
        ok: counts.ok,
        rate: Math.round(((counts.ok - last.ok) * 1000) / (nowMs - last.atMs)),
      }
    }
    return last.rate
  }
  const render = (): string => {
    const elapsed = ((performance.now() - startMs) / 1000).toFixed(1).padStart(5)
    const fault = active.length === 0 ? '' : `  [${active.join(', ')}]`
    return `${elapsed} s  ${spec.target.split('/').at(-1)}  ${phase}  ok ${counts.ok}  fail ${counts.fail}  info ${counts.info}  ${rate()} ok/s${fault}`
  }
  const show = (): void => {
    if (quiet) return
    if (terminal) process.stderr.write(`\r\x1b[K${render().slice(0, (process.stderr.columns ?? 100) - 1)}`)
    else process.stderr.write(`${render()}\n`)
  }
  const timer = setInterval(show, terminal ? TERMINAL_PERIOD_MS : PLAIN_PERIOD_MS)
  timer.unref()
  return {
    phase: (text) => {
      phase = text
      show()
    },
    note: (text) => {
      if (!quiet) process.stderr.write(`${terminal ? '\r\x1b[K' : ''}  note: ${text}\n`)
    },
    operation: (operation: Operation) => {
      if (operation.process !== 'nemesis' && operation.type !== 'invoke') counts[operation.type]++
    },
    activeFaults: (ids) => {
      active = ids
    },
    stop: () => {
      clearInterval(timer)
      if (terminal && !quiet) process.stderr.write('\r\x1b[K')
    },
  }
}
