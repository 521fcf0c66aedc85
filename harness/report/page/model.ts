/** What the page knows of a run, as its parts use it. */
import type { ReportData } from '../data.ts'
import { EvidenceIndex } from './evidence-index.ts'
import type { History } from './history.ts'
import { NodeSamples } from './samples.ts'
import { type Term, termsOf } from './terms.ts'

export interface Model {
  readonly data: ReportData
  readonly history: History
  /** By node, in order of their names. */
  readonly samples: readonly NodeSamples[]
  /** In ascending order. */
  readonly terms: readonly Term[]
  readonly evidence: EvidenceIndex
}

export const modelOf = (data: ReportData, history: History): Model => {
  const samples = data.samples.map((own) => new NodeSamples(own))
  return { data, history, samples, terms: termsOf(data.roles), evidence: new EvidenceIndex(data, history) }
}

export const samplesOfNode = ({ samples }: Pick<Model, 'samples'>, node: string): NodeSamples | null =>
  samples.find((own) => own.node === node) ?? null
