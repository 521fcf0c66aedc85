/** The option of workloads in which every node is asked after some acknowledged changes. */
import type { OptionSpec } from '../harness/api/options.ts'

export const QUESTIONS = {
  type: 'share',
  default: 0.1,
  description: 'share of acknowledged changes after which every node is asked at once',
} as const satisfies OptionSpec
