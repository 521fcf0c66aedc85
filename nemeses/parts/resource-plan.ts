/** The plan of nemeses that limit a resource of nodes: the modes by turns, and the same limits for each fault. */
import type { FaultModel } from '../../harness/api/claims.ts'
import type { PlanContext } from '../../harness/api/nemesis.ts'
import type { Rng } from '../../harness/api/random.ts'
import type { DrawIntent } from './schedule.ts'
import { type VictimIntent, victimsFrom } from './victims.ts'
import { wordsByTurns } from './words.ts'

interface Choices {
  /** Words joined by `+`. */
  readonly modes: string
  readonly victims: string
}

interface Planning<Options> {
  readonly rng: Rng
  readonly options: Options
  readonly context: PlanContext
}

/** @param limitsOf the part of the intent that only the options decide */
export const planLimits =
  <Mode extends string, Options extends Choices, Limits extends object>(
    modes: readonly Mode[],
    model: FaultModel,
    limitsOf: (options: Options) => Limits,
  ) =>
  ({ rng, options, context }: Planning<Options>): DrawIntent<VictimIntent & { mode: Mode } & Limits> => {
    const modeOf = wordsByTurns(rng, 'modes', options.modes, modes)
    const victimsOf = victimsFrom(options.victims, context)
    const limits = limitsOf(options)
    return (draw, ordinal, aim) => ({ mode: modeOf(ordinal), ...victimsOf(draw, model, aim), ...limits })
  }
