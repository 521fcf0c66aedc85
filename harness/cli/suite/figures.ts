/** The figures of a run that has just ended. They are kept with its result, so that they outlive its history. */
import fs from 'node:fs'
import path from 'node:path'
import type { Operation } from '../../api/history.ts'
import type { RunVerdict } from '../../api/verdict.ts'
import type { Figures } from '../../campaign/result.ts'
import { FILES } from '../../store/run-store.ts'
import { quantiles } from '../../support/quantiles.ts'
import { NS_PER_MS } from '../../support/time.ts'

/** Of a longer history, latencies are those of its beginning. */
const MOST_BYTES = 64 * 2 ** 20

/** The whole lines at the beginning of a file. */
const beginningOf = (file: string): readonly string[] => {
  const fd = fs.openSync(file, 'r')
  try {
    const bytes = Buffer.alloc(Math.min(fs.fstatSync(fd).size, MOST_BYTES))
    fs.readSync(fd, bytes, 0, bytes.length, 0)
    return bytes
      .subarray(0, bytes.lastIndexOf('\n') + 1)
      .toString()
      .split('\n')
      .filter(Boolean)
  } finally {
    fs.closeSync(fd)
  }
}

/** Of the ok operations, in ms. */
const latenciesIn = (lines: readonly string[]): readonly number[] => {
  const begun = new Map<Operation['process'], number>()
  return lines.flatMap((line) => {
    const { type, process, timeNs } = JSON.parse(line) as Operation
    if (type === 'invoke') begun.set(process, timeNs)
    const from = begun.get(process)
    return type !== 'ok' || from === undefined ? [] : [(timeNs - from) / NS_PER_MS]
  })
}

const latencyOf = (runDir: string): Pick<Figures, 'latencyP50Ms' | 'latencyP99Ms'> => {
  const file = path.join(runDir, FILES.history)
  const { p50, p99 } = quantiles(fs.existsSync(file) ? latenciesIn(beginningOf(file)) : [])
  return { latencyP50Ms: p50, latencyP99Ms: p99 }
}

export const figuresOf = ({ impact }: RunVerdict, runDir: string): Figures => {
  const { askedS = 0, servedS = 0 } = impact?.served ?? {}
  const recoveries = (impact?.recoveries ?? []).flatMap(({ firstOkMs }) => firstOkMs ?? [])
  return {
    availability: askedS === 0 ? null : servedS / askedS,
    recoveryMs: recoveries.length === 0 ? null : Math.max(...recoveries),
    ...latencyOf(runDir),
  }
}
