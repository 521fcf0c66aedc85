/** Judges one history for `npm run bench:scale`, in a process of its own, whose memory can then be told. */
import fs from 'node:fs'
import { composeVerdict } from '../../../checkers/compose.ts'
import type { RunRecord } from '../../api/record.ts'
import type { RunVerdict } from '../../api/verdict.ts'
import type { Workload } from '../../api/workload.ts'
import type { History } from '../../history/columns.ts'
import { findHistory } from '../../store/history-file.ts'
import { lazyLines } from '../../store/lazy-lines.ts'
import { recordOfHistory } from '../../store/run-store.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { SINK } from '../../vocabularies/effects.ts'
import { findWorkload } from '../run/find-workload.ts'
import { judgePath } from '../run/judge.ts'
import { defaultsOf } from '../run/options.ts'
import { CHECK_SETTINGS } from '../run/settings.ts'
import { judgeWhileReading } from '../run/while-reading.ts'
import { parseSettings } from '../setting.ts'
import { sinkOf } from './scale-history.ts'

/** What is printed. */
export interface ScaleJudged {
  readonly status: string
  readonly summary: string
  readonly seconds: number
  readonly userSeconds: number
  readonly systemSeconds: number
  /** The most memory that the process had. */
  readonly megabytes: number
}

/** A history file has no logs of services beside it: those are parts of a run. */
const judgeWithSink = async (file: string, sink: string, workload: Workload): Promise<RunVerdict> => {
  const { vocabulary, options } = workload
  const judge = (history: History): Promise<RunVerdict> => {
    const record: RunRecord = {
      ...recordOfHistory(history),
      vocabulary,
      workloadOptions: defaultsOf(options),
      services: { [SINK]: lazyLines<unknown>('service', sink) },
    }
    const checkers = workload
      .checkers(defaultsOf(options))
      .filter(({ needs }) => needs.every((part) => record[part] !== null))
    return composeVerdict(checkers, record, new AbortController().signal)
  }
  const how = { vocabulary, dialect: 'jepsen' } as const
  return (await judgeWhileReading(findHistory(file), how, judge)).judged
}

export const benchScaleJudgeCommand = async (file: string, workload: string): Promise<number> => {
  const startedMs = performance.now()
  const sink = sinkOf(file)
  const verdict = fs.existsSync(sink)
    ? await judgeWithSink(file, sink, await findWorkload(workload))
    : (await judgePath(file, parseSettings(CHECK_SETTINGS, { workload }))).verdict
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
  const judged: ScaleJudged = {
    status: verdict.status,
    summary: verdict.summary,
    seconds: (performance.now() - startedMs) / 1000,
    userSeconds: userCPUTime / 1e6,
    systemSeconds: systemCPUTime / 1e6,
    megabytes: maxRSS / 1024,
  }
  process.stdout.write(`${JSON.stringify(judged)}\n`)
  return EXIT_CODES.valid
}
