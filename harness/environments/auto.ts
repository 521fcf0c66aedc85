/** How `--env auto` chooses an environment. */
import type { Environment } from '../api/environment.ts'
import type { Options } from '../api/options.ts'
import type { Target } from '../api/target.ts'
import { UserError } from '../support/assert.ts'
import { EXIT_CODES } from '../support/exit-codes.ts'

const whyNotWith = async (
  environment: Environment,
  target: Target,
  options: Options,
): Promise<string | null> => environment.whyNotFor(target, options) ?? environment.whyNot()

/**
 * The environment with the lowest rank that can run the target on this machine.
 *
 * @throws UserError with the reason for each environment if there is none.
 */
export const preferredEnvironment = async (
  environments: readonly Environment[],
  target: Target,
  options: Options,
): Promise<Environment> => {
  const ranked = environments.filter(({ autoRank }) => autoRank !== null)
  const reasons: string[] = []
  for (const environment of ranked.toSorted((a, b) => Number(a.autoRank) - Number(b.autoRank))) {
    const why = await whyNotWith(environment, target, options)
    if (why === null) return environment
    reasons.push(`${environment.name}: ${why}`)
  }
  throw new UserError(
    `No environment can run ${target.name} here.\n${reasons.join('\n')}`,
    EXIT_CODES.harnessFailed,
  )
}
