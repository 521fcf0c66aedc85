/** Definitions whose options are typed by their own declarations: each returns what it is given. */
import type { Call } from '../api/history.ts'
import type { OptionSpecs } from '../api/options.ts'
import type { Target } from '../api/target.ts'
import type { Workload } from '../api/workload.ts'

export const defineWorkload = <C extends Call, const Specs extends OptionSpecs>(
  workload: Workload<C, Specs>,
): Workload<C, Specs> => workload

export const defineTarget = <const Specs extends OptionSpecs>(target: Target<Specs>): Target<Specs> => target
