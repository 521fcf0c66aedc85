/** Definitions whose options are typed by their own declarations. Each function returns its argument. */
import type { Incident } from '../api/incident.ts'
import type { OptionSpecs } from '../api/options.ts'
import type { Config, Suite } from '../api/suite.ts'
import type { Target } from '../api/target.ts'
import type { CallOf, Vocabulary } from '../api/vocabulary.ts'
import type { Workload } from '../api/workload.ts'

/** The workload's calls are typed by its vocabulary. */
export const defineWorkload = <V extends Vocabulary, const Specs extends OptionSpecs>(
  workload: Workload<CallOf<V>, Specs> & { readonly vocabulary: V },
): Workload => workload as Workload

export const defineTarget = <const Specs extends OptionSpecs>(target: Target<Specs>): Target<Specs> => target

/** The default export of `faultline.config.ts`. */
export const defineConfig = (config: Config): Config => config

export const defineSuite = (suite: Suite): Suite => suite

export const defineIncident = (incident: Incident): Incident => incident
