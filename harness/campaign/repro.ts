/** A recorded run, repeated: how often each of its findings shows again. The content of `repro.json`. */
import { quantiles } from '../support/quantiles.ts'
import { type Rate, rateOf } from './rate.ts'
import { firstEvidenceNs, type Repetition, type Wanted } from './trial.ts'

/** One finding of the recorded run. */
export interface Reproduced extends Pick<Wanted, 'fingerprint' | 'anomaly' | 'sentence'> {
  /** Of the runs that could tell. */
  readonly rate: Rate
  /** Runs that proved nothing about it: they are not in the rate. */
  readonly nothingProved: number
  /** Of the runs that showed it, nanoseconds since the start. Null: none did, or nobody knows when. */
  readonly medianFirstEvidenceNs: number | null
}

export interface Repro {
  readonly run: string
  readonly asked: number
  readonly findings: readonly Reproduced[]
  /** Findings that the recorded run did not have. */
  readonly others: readonly {
    readonly fingerprint: string
    readonly sentence: string
    readonly runs: number
  }[]
  readonly repetitions: readonly Repetition[]
}

const reproduced = (
  repetitions: readonly Repetition[],
  { fingerprint, anomaly, sentence }: Wanted,
): Reproduced => {
  const count = (wanted: string): number =>
    repetitions.filter(({ results }) => results[fingerprint] === wanted).length
  const times = repetitions.flatMap((each) => firstEvidenceNs(each, fingerprint) ?? [])
  return {
    fingerprint,
    anomaly,
    sentence,
    rate: rateOf(count('shown'), count('shown') + count('not shown')),
    nothingProved: count('nothing proved'),
    medianFirstEvidenceNs: quantiles(times).p50,
  }
}

/** @param run the folder of the recorded run @param asked how many repetitions were asked for */
export const reproOf = (
  run: string,
  asked: number,
  wanted: readonly Wanted[],
  repetitions: readonly Repetition[],
): Repro => {
  const known = new Set(wanted.map(({ fingerprint }) => fingerprint))
  const others = repetitions
    .flatMap(({ findings }) => findings)
    .filter(({ fingerprint }) => !known.has(fingerprint))
  return {
    run,
    asked,
    findings: wanted.map((each) => reproduced(repetitions, each)),
    others: [...Map.groupBy(others, ({ fingerprint }) => fingerprint)].map(([fingerprint, same]) => ({
      fingerprint,
      sentence: same[0]?.sentence ?? '',
      runs: same.length,
    })),
    repetitions,
  }
}

export const isReproduced = ({ findings }: Repro): boolean => findings.some(({ rate }) => rate.shown > 0)
