/** The requested environment, or the best one that is usable. */
import type { Environment } from '../../api/environment.ts'
import type { Options } from '../../api/options.ts'
import type { Target } from '../../api/target.ts'
import { preferredEnvironment } from '../../environments/auto.ts'
import { environments } from '../../environments/index.ts'
import { findEnvironment } from './registries.ts'

/** @throws UserError if `auto` finds none, or the name is unknown */
export const chooseEnvironment = async (
  name: string,
  target: Target,
  options: Options,
): Promise<Environment> =>
  name === 'auto' ? preferredEnvironment(Object.values(environments), target, options) : findEnvironment(name)
