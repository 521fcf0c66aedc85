/** Suites: many runs as data, of which each is a command that a user could type. Written in `faultline.config.ts`. */

/** Options as on the command line (`k=v,...`), or as an object. */
export type OptionsText = string | Readonly<Record<string, string | number | boolean>>

/** Settings of `faultline run`, by the names of its flags. Durations have a unit, such as `60s`. Absent: the default. */
export interface RunChoice {
  readonly target?: string
  readonly targetOpts?: OptionsText
  readonly bug?: string
  readonly workload?: string
  readonly workloadOpts?: OptionsText
  readonly incident?: string
  readonly nemesis?: string
  readonly nemesisOpts?: OptionsText
  readonly plan?: string
  readonly faults?: string
  readonly env?: string
  readonly nodes?: number
  readonly concurrency?: number
  readonly clientGroups?: number
  readonly rate?: number
  readonly timeLimit?: string
  readonly operationTimeout?: string
  readonly readyTimeout?: string
  readonly recoveryTimeout?: string
  readonly expect?: string
  readonly capture?: boolean
}

/**
 * What is known of some cases beforehand: the same as in `when`, whatever else they have. A case that does not do it counts
 * as `missing`.
 */
export interface Expectation {
  readonly when: RunChoice
  /** Fingerprints, anomalies or checkers: one of them must show, and nothing else may. `any`: whichever. */
  readonly findings: readonly string[]
}

/** The product of its lists: each combination is a case, and each case is run with each seed. */
export interface Suite {
  readonly name: string
  /** Bundled targets, paths of modules, or either with settings of its own. */
  readonly targets: readonly (string | RunChoice)[]
  /** Absent: `register`. `all`: every bundled workload whose calls the target answers. */
  readonly workloads?: readonly (string | RunChoice)[] | 'all'
  /** Values of `--nemesis`. Absent: none. */
  readonly nemeses?: readonly (string | RunChoice)[]
  /** Further settings to combine all that with. Absent: none. */
  readonly variants?: readonly RunChoice[]
  /** Of all cases, where nothing else is chosen. */
  readonly settings?: RunChoice
  /** Combinations to leave out: those that agree with all settings of one of these. */
  readonly exclude?: readonly RunChoice[]
  /** The number of seeds, from 1 on, or the seeds. Absent: 1. */
  readonly seeds?: number | readonly number[]
  /**
   * Each seed draws its own subset of faults (of those that its case names, or of all that can be used within the claims), their
   * mean times, the load and the number of nodes. Draws go towards what no run has exercised yet.
   */
  readonly swarm?: boolean
  readonly expectations?: readonly Expectation[]
  /** After this time no further run begins. Absent: no limit. */
  readonly budget?: string
  /** No further seed of a case is run once the case has failed: for hunts that ask of each case whether it can fail. */
  readonly untilFound?: boolean
  /** A run ends as soon as a promise is seen to be broken. */
  readonly failFast?: boolean
  /** How often the first run of each new finding is repeated after all runs, beyond the budget. Absent: not at all. */
  readonly reproduce?: number
  /** Time to make the first run of each new finding smaller after all runs, beyond the budget. Absent: none. */
  readonly shrink?: string
}

/** The default export of `faultline.config.ts`. */
export interface Config {
  readonly suites: readonly Suite[]
}
