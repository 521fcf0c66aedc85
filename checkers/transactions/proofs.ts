/** What an inference found: dependencies, and anomalies that are visible without a cycle. */
import type { CycleView } from '../../harness/api/verdict.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import type { AnomalyName } from './anomalies.ts'
import type { EdgeList } from './graph.ts'

/** One proof of an anomaly. */
export interface Proof {
  readonly anomaly: AnomalyName
  /** Rows of the transactions concerned, in the order in which the text names them: T1, T2 ... */
  readonly transactions: readonly number[]
  /** Why, in words; names the transactions T1, T2 ... */
  readonly because: string
  /** If the first of the transactions are a circle: edge i leads from transaction i to the next one. */
  readonly edges?: CycleView['edges']
}

/** The number of proofs of one anomaly that are kept; the others are only counted. */
const KEPT = 3

export class Proofs {
  readonly counts = new Map<AnomalyName, number>()
  readonly kept: Proof[] = []

  /** `prove` is called only for proofs that are kept. */
  add(anomaly: AnomalyName, prove: () => Omit<Proof, 'anomaly'>): void {
    const count = this.counts.get(anomaly) ?? 0
    this.counts.set(anomaly, count + 1)
    if (count < KEPT) this.kept.push({ anomaly, ...prove() })
  }
}

export interface Inference {
  readonly edges: EdgeList
  readonly proofs: Proofs
  /** Name of each key, by its number. */
  readonly keys: readonly Scalar[]
  /** The value of a version of a key, by their numbers; undefined: there is no such version. */
  valueOf(key: number, version: number): Scalar | null | undefined
  /** Why the versions of a WW or RW edge have this order, where it was inferred; `nameOf` names transactions. */
  readonly whyBefore?: (edge: number, nameOf: (row: number) => string) => string | null
  /** What could not be inferred, in sentences. */
  readonly caveats: readonly string[]
}
