/** Reads samples.jsonl. */
import type { Sample } from '../api/record.ts'
import { readLines } from './json-lines.ts'

/** In order of time: of a long run, some are recorded late. */
export const readSamples = (file: string): readonly Sample[] =>
  readLines<Sample>('samples', file).toSorted((a, b) => a.timeNs - b.timeNs)

/** What the record does not have of the samples that were taken, in a sentence; none if it has all. */
export const sampleNotes = (samples: readonly Sample[]): readonly string[] => {
  const leftOut = samples.reduce((sum, sample) => sum + (sample.leftOut ?? 0), 0)
  if (leftOut === 0) return []
  const from = samples.find((sample) => sample.leftOut !== undefined)
  return [
    `from ${Math.round((from?.timeNs ?? 0) / 60e9)} min on, ${leftOut} of ${leftOut + samples.length} samples of the nodes' status are not in the record: in between, a node said the same, but for how far indices and its clock had got; states were compared, when they were told, with those at the latest positions of the log; where a node's samples are more than 0.7 s apart, what the cluster was doing counts as unknown.`,
  ]
}
