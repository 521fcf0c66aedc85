/**
 * `faultline shrink`: a run that failed, made smaller on the real cluster.
 *
 * The bundled Raft is no exception: its simulation has no disks, packets or workloads, so that the recorded plan of a run
 * cannot be played in it. What the simulation itself finds, `faultline simulate` makes smaller, and exactly.
 */
import fs from 'node:fs'
import path from 'node:path'
import type { Finding } from '../../api/finding.ts'
import { type Rate, rateOf, rateText } from '../../campaign/rate.ts'
import { type SequentialTest, sequentialTest } from '../../campaign/sequential.ts'
import { type Clues, type Cluster, shrink } from '../../campaign/shrink.ts'
import type { ShrinkCase } from '../../campaign/shrink-case.ts'
import type { Shrunk } from '../../campaign/shrunk.ts'
import { firstEvidenceNs, type Repetition, shownIn } from '../../campaign/trial.ts'
import { type FileHeader, requireSchema } from '../../history/schema.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { formatDurationMs, formatTimeNs, NS_PER_MS } from '../../support/time.ts'
import { visible } from '../../support/visible.ts'
import { INTERRUPTED, untilInterrupted } from '../interruption.ts'
import { Runs, sizeOf, specOf } from '../repro/fails.ts'
import { askedFindings, earliestOf, type Recorded, readRecorded } from '../repro/recorded.ts'
import { repeatedIn, wordsToRepeat } from '../repro/repeat.ts'
import type { SHRINK_SETTINGS } from '../repro/settings.ts'
import { keyOf, ShrinkFolder, shrinkFile } from '../repro/shrink-files.ts'
import { findEnvironment, findTarget } from '../run/registries.ts'
import type { SettingsOf } from '../setting.ts'
import { typedCommand } from '../shell.ts'
import { writeJson } from '../suite/files.ts'

/** The probability of a wrong decision about one case. */
const ERROR = 0.1
/** After so many runs without a decision, a case is given up. */
const MOST_RUNS = 20
/** The rest of the budget is for the runs that confirm. */
const SHARE_OF_BUDGET = 0.8

const say = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

const wholeOf = ({ spec, faults }: Recorded): ShrinkCase => ({
  faults: faults.map(({ planned }) => planned),
  timeLimitMs: spec.timeLimitMs,
  concurrency: spec.concurrency,
  rate: spec.rate,
  nodes: spec.nodes,
  keys: typeof spec.workloadOptions.keys === 'number' ? spec.workloadOptions.keys : null,
})

/** @param known runs of the case as recorded */
const cluesOf = (
  { faults }: Recorded,
  { fingerprint, firstAtNs, faults: inForce }: Finding,
  known: readonly Repetition[],
): Clues => ({
  firstAtNs:
    firstAtNs === null
      ? null
      : Math.max(firstAtNs, ...known.map((each) => firstEvidenceNs(each, fingerprint) ?? 0)),
  inForce,
  before: faults
    .filter(
      ({ effective, injectedAtNs }) =>
        effective && injectedAtNs !== undefined && (firstAtNs === null || injectedAtNs < firstAtNs),
    )
    .map(({ planned }) => planned.id),
})

/** What an earlier shrinking came to, even if another version would have taken another way. Null: nothing. */
const reachedBefore = (dir: string, fingerprint: string): ShrinkCase | null => {
  const file = shrinkFile(dir)
  if (!fs.existsSync(file)) return null
  const { schema, finding, to } = JSON.parse(fs.readFileSync(file, 'utf8')) as Shrunk & FileHeader
  requireSchema('shrink', schema, file)
  return finding.fingerprint === fingerprint ? to : null
}

const clusterOf = async ({ spec }: Recorded): Promise<Cluster> => ({
  names: findEnvironment(spec.environment)
    .identify(spec.runId, spec.nodes)
    .map(({ name }) => name),
  fewest: (await findTarget(spec.target)).nodes.min,
})

const rateIn = (shown: readonly boolean[]): Rate => rateOf(shown.filter(Boolean).length, shown.length)

const faultLines = ({ faults }: ShrinkCase): readonly string[] => {
  if (faults.length === 0) return ['    it fails without any fault']
  return faults.map(
    ({ id, atNs, durationNs, intent }) =>
      `    ${id} at ${formatTimeNs(atNs)} for ${formatDurationMs(durationNs / NS_PER_MS)}: ${visible(JSON.stringify(intent))}`,
  )
}

const textOf = ({ finding, from, to, confirmed, decided, isFinished, command }: Shrunk): string =>
  [
    `${finding.fingerprint}  ${visible(finding.sentence)}`,
    `  from  ${sizeOf(from)}`,
    `  to    ${sizeOf(to)}`,
    ...faultLines(to),
    confirmed.runs === 0
      ? `  fails in ${rateText(decided)} of the runs that chose it, which is too high; there was no time to confirm it`
      : `  fails in ${rateText(confirmed)} of the runs that were made to confirm it`,
    ...(isFinished ? [] : ['  The budget was used up: the same command goes on from here.']),
    `  again  ${command}`,
  ].join('\n')

/** @param shown of the runs of the case as recorded */
const notReproduced = (runs: Runs, shown: readonly boolean[], atLeast: number): number => {
  if (runs.isOutOfTime) {
    say('The budget was used up before it was known whether the run fails again: give it a longer --budget.')
    return EXIT_CODES.unknown
  }
  say(
    `The run as recorded showed the finding in ${rateText(rateIn(shown))}, too seldom for --at-least ${atLeast}: \`faultline repro\` says how often it shows; lower --at-least, or choose another --finding.`,
  )
  return EXIT_CODES.notReproduced
}

/** The smallest case, how often it fails, and how to run it. */
const shrunk = async (
  recorded: Recorded,
  finding: Finding,
  to: ShrinkCase,
  runs: Runs,
  { folder, test }: { readonly folder: ShrinkFolder; readonly test: SequentialTest },
): Promise<Shrunk> => {
  const { fingerprint, anomaly, sentence } = finding
  const plan = folder.writeSmallest(to)
  const words = await wordsToRepeat(specOf(recorded.spec, to), to.faults, plan)
  return {
    run: recorded.dir,
    finding: { fingerprint, anomaly, sentence },
    from: wholeOf(recorded),
    to,
    plan: to.faults.length === 0 ? null : plan,
    command: typedCommand(['faultline', 'run', ...words]),
    confirmed: rateIn(shownIn(runs.of(keyOf(to), 'confirm'), fingerprint)),
    decided: rateIn(shownIn(runs.of(keyOf(to), 'decide'), fingerprint)),
    test,
    isFinished: !runs.isOutOfTime,
  }
}

export const shrinkCommand = async (
  given: string,
  settings: SettingsOf<typeof SHRINK_SETTINGS>,
): Promise<number> => {
  const beganMs = performance.now()
  const { budgetMs, confirm, jobs, atLeast } = settings
  const recorded = await readRecorded(given)
  const finding = earliestOf(askedFindings(recorded, settings.finding))
  const { fingerprint } = finding
  const folder = new ShrinkFolder(recorded.dir)
  const test = sequentialTest(atLeast / 100, ERROR, MOST_RUNS)
  using interruption = untilInterrupted('the same command goes on')
  const { signal } = interruption
  const { spec, findings: wanted } = recorded
  const leftText = (): string =>
    `${formatDurationMs(Math.max(0, beganMs + budgetMs - performance.now()))} left`
  const runs = new Runs({
    ...{ folder, spec, wanted, fingerprint, test, jobs, signal },
    say: (line) => say(`[${leftText()}] ${line}`),
  })
  const whole = wholeOf(recorded)
  folder.adopt(keyOf(whole), repeatedIn(recorded.dir))
  const known = runs.of(keyOf(whole), 'decide')
  say(
    `${visible(finding.sentence)}\n${sizeOf(whole)}; ${folder.trials.length} runs are known; ${folder.path}`,
  )
  const oracle = runs.within(beganMs + SHARE_OF_BUDGET * budgetMs)
  const [clues, cluster] = [cluesOf(recorded, finding, known), await clusterOf(recorded)]
  const shrinkFrom = (start: ShrinkCase) => shrink(start, clues, cluster, oracle)
  const earlier = reachedBefore(recorded.dir, fingerprint)
  const to = (earlier === null ? null : await shrinkFrom(earlier)) ?? (await shrinkFrom(whole))
  if (signal.aborted) return INTERRUPTED
  if (to === null) return notReproduced(runs, shownIn(runs.of(keyOf(whole), 'decide'), fingerprint), atLeast)
  const missing = confirm - runs.of(keyOf(to), 'confirm').length
  if (missing > 0) {
    say(`[${leftText()}] confirming: ${sizeOf(to)}`)
    await runs.add(to, 'confirm', missing, beganMs + budgetMs)
  }
  if (signal.aborted) return INTERRUPTED
  const result = await shrunk(recorded, finding, to, runs, { folder, test })
  writeJson(shrinkFile(recorded.dir), 'shrink', result)
  process.stdout.write(`${textOf(result)}\n${path.relative('.', result.plan ?? shrinkFile(recorded.dir))}\n`)
  return EXIT_CODES.valid
}
