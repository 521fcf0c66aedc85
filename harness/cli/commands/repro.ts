/** `faultline repro`: a run that failed, again and again: how often does it fail? */
import path from 'node:path'
import { rateText } from '../../campaign/rate.ts'
import { isReproduced, type Repro, type Reproduced, reproOf } from '../../campaign/repro.ts'
import type { Repetition } from '../../campaign/trial.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { formatDurationMs, formatTimeNs } from '../../support/time.ts'
import { visible } from '../../support/visible.ts'
import { INTERRUPTED, untilInterrupted } from '../interruption.ts'
import { writableFolder } from '../repro/folder.ts'
import { askedFindings, readRecorded } from '../repro/recorded.ts'
import { REPRO_FILE, repeatRun, wordsToRepeat } from '../repro/repeat.ts'
import type { REPRO_SETTINGS } from '../repro/settings.ts'
import type { SettingsOf } from '../setting.ts'
import { writeJson } from '../suite/files.ts'

/** The folder of the runs, in that of the recorded one. */
const RUNS = 'repro'

const findingLines = ({
  sentence,
  fingerprint,
  rate,
  nothingProved,
  medianFirstEvidenceNs,
}: Reproduced): string => {
  const unproved =
    nothingProved === 0 ? '' : `; ${nothingProved} more proved nothing about it, and are not counted`
  const time =
    medianFirstEvidenceNs === null
      ? ''
      : `\n    first evidence at ${formatTimeNs(medianFirstEvidenceNs)} (median)`
  return `${fingerprint}  ${visible(sentence)}\n    showed in ${rateText(rate)}${unproved}${time}`
}

/** Why runs proved nothing, each reason once. */
const unprovedLines = (repetitions: readonly Repetition[]): readonly string[] => {
  const unproved = repetitions.filter(({ results }) => Object.values(results).includes('nothing proved'))
  const reasons = Map.groupBy(unproved, ({ outcome, why }) => `${outcome}: ${visible(why)}`)
  return [...reasons].map(([reason, runs]) => `${runs.length} run${runs.length === 1 ? '' : 's'} ${reason}`)
}

const textOf = (repro: Repro): string =>
  [
    ...repro.findings.map(findingLines),
    ...repro.others.map(
      ({ fingerprint, sentence, runs }) =>
        `${fingerprint}  ${visible(sentence)}\n    not a finding of the recorded run; showed in ${runs} of ${repro.repetitions.length} runs`,
    ),
    ...unprovedLines(repro.repetitions),
  ].join('\n')

const tell = ({ outcome, durationMs, results, why }: Repetition, at: number, count: number): void => {
  const shown = Object.values(results).filter((result) => result === 'shown').length
  const what =
    shown > 0
      ? `shown (${shown} of ${Object.keys(results).length} findings)`
      : Object.values(results).includes('nothing proved')
        ? `nothing proved: ${visible(why)}`
        : `not shown: ${outcome}`
  process.stderr.write(`[${at}/${count}] ${what} (${formatDurationMs(durationMs)})\n`)
}

export const reproCommand = async (
  given: string,
  { times, jobs, finding }: SettingsOf<typeof REPRO_SETTINGS>,
): Promise<number> => {
  const recorded = await readRecorded(given)
  const { dir, spec, faults } = recorded
  const wanted = askedFindings(recorded, finding)
  const file = path.join(dir, REPRO_FILE)
  const words = await wordsToRepeat(
    spec,
    faults.map(({ planned }) => planned),
    dir,
  )
  const out = writableFolder(path.join(dir, RUNS))
  const ended: Repetition[] = []
  const store = (): Repro => {
    const repro = reproOf(dir, times, wanted, ended)
    writeJson(file, 'repro', repro)
    return repro
  }
  using interruption = untilInterrupted(`${REPRO_FILE} has those that ended`)
  const { signal } = interruption
  await repeatRun({
    words,
    wanted,
    out,
    count: times,
    jobs,
    signal,
    ended: (repetition) => {
      ended.push(repetition)
      tell(repetition, ended.length, times)
      store()
    },
  })
  const repro = store()
  process.stdout.write(`${textOf(repro)}\n${path.relative('.', file)}\n`)
  if (signal.aborted) return INTERRUPTED
  return isReproduced(repro) ? EXIT_CODES.valid : EXIT_CODES.notReproduced
}
