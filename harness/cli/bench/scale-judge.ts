/** Judges one history for `npm run bench:scale`, in a process of its own, whose memory can then be told. */
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { judgePath } from '../run/judge.ts'
import { CHECK_SETTINGS } from '../run/settings.ts'
import { parseSettings } from '../setting.ts'

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

export const benchScaleJudgeCommand = async (file: string, workload: string): Promise<number> => {
  const startedMs = performance.now()
  const { verdict } = await judgePath(file, parseSettings(CHECK_SETTINGS, { workload }))
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
