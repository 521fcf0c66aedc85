/** What an inference found: dependencies, and anomalies that show without any cycle. */
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
}

/** So many proofs of one anomaly are kept; the others are counted. */
const KEPT = 3

export class Proofs {
  readonly counts = new Map<AnomalyName, number>()
  readonly kept: Proof[] = []

  /** `prove` is called only for what is kept. */
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
  /** What each version of each key is, by their numbers. */
  readonly versions: readonly (readonly Scalar[])[]
  /** What could not be inferred, in sentences. */
  readonly caveats: readonly string[]
}
