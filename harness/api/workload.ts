/** Workloads: generators over a vocabulary, and the checkers that judge the history. */
import type { OpGenerator, Thread } from './generator.ts'
import type { Call } from './history.ts'
import type { OptionSpecs, OptionsOf } from './options.ts'
import type { Rng } from './random.ts'
import type { Checker } from './verdict.ts'
import type { Vocabulary } from './vocabulary.ts'

export interface WorkloadContext {
  readonly concurrency: number
  readonly nodes: number
}

export interface FinalContext extends WorkloadContext {
  /** How many operations the thread has invoked so far. */
  ordinal(thread: Thread): number
}

/** Generators over a vocabulary, and the checkers that judge the resulting history. */
export interface Workload<C extends Call = Call, Specs extends OptionSpecs = OptionSpecs> {
  readonly name: string
  readonly description: string
  /** The vocabulary that a target must support. */
  readonly vocabulary: Vocabulary
  readonly options: Specs
  generator(rng: Rng, options: OptionsOf<Specs>, context: WorkloadContext): OpGenerator<C>
  /** What to read at the end, after all faults are healed and the cluster has recovered. */
  finalGenerator?(rng: Rng, options: OptionsOf<Specs>, context: FinalContext): OpGenerator<C>
  checkers(options: OptionsOf<Specs>): readonly Checker[]
}
