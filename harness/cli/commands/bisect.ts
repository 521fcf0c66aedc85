/** `faultline bisect`: the first version or revision of the target in which a run that failed fails. */
import path from 'node:path'
import { execa } from 'execa'
import type { Finding } from '../../api/finding.ts'
import type { OptionValue } from '../../api/options.ts'
import { type Bisected, bisect, type Judgement } from '../../campaign/bisect.ts'
import { decisionOf, fewestToDecide, sequentialTest } from '../../campaign/sequential.ts'
import { type Repetition, shownIn } from '../../campaign/trial.ts'
import { UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { visible } from '../../support/visible.ts'
import { INTERRUPTED, untilInterrupted } from '../interruption.ts'
import { writableFolder } from '../repro/folder.ts'
import { askedFindings, earliestOf, type Recorded, readRecorded } from '../repro/recorded.ts'
import { repeatRun, wordsToRepeat } from '../repro/repeat.ts'
import type { BISECT_SETTINGS } from '../repro/settings.ts'
import { findTarget } from '../run/registries.ts'
import type { SettingsOf } from '../setting.ts'
import { typed } from '../shell.ts'
import { writeJson } from '../suite/files.ts'
import { unknownName } from '../unknown-name.ts'

/** The probability of a wrong decision about one version. */
const ERROR = 0.05
/** What cannot be decided by so many runs stays undecided: that a version is good must be shown as well. */
const MOST_RUNS = 40
/** A version of which so many runs proved nothing cannot be judged by this run. */
const MOST_UNPROVED = 3
const FILE = 'bisect.json'
/** The folder of the runs, in that of the recorded one. */
const RUNS = 'bisect'

type Settings = SettingsOf<typeof BISECT_SETTINGS>

const say = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

/** What differs from one run to the next. */
interface Subjects {
  readonly names: readonly string[]
  /** Makes one ready. @returns the recorded run with it */
  prepare(name: string, signal: AbortSignal): Promise<Recorded>
}

const listed = (flag: string, text: string): readonly string[] => {
  const names = text.split(',').filter(Boolean)
  if (names.length < 2) throw new UserError(`${flag} ${text}: at least two are needed, the oldest first.`)
  return names
}

const versionsOf = async (recorded: Recorded, text: string): Promise<Subjects> => {
  const { versions, name: target } = await findTarget(recorded.spec.target)
  if (versions === undefined)
    throw new UserError(
      `${target} declares no option for its version: use --build and --revisions, or declare it (Target.versions).`,
    )
  const names = listed('--versions', text)
  const known = versions.values.map(String)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) throw unknownName(`version of ${target}`, unknown, known)
  const asOption = (name: string): OptionValue =>
    versions.values.find((value) => String(value) === name) ?? name
  return {
    names,
    prepare: async (name) => {
      const targetOptions = { ...recorded.spec.targetOptions, [versions.option]: asOption(name) }
      return { ...recorded, spec: { ...recorded.spec, targetOptions } }
    },
  }
}

const revisionsOf = (recorded: Recorded, { build, revisions, buildTimeoutMs }: Settings): Subjects => {
  if (build?.includes('{}') !== true || revisions === undefined)
    throw new UserError(
      "bisect needs --versions a,b,c, or --build 'command with {}' and --revisions a,b,c, the oldest first.",
    )
  return {
    names: listed('--revisions', revisions),
    prepare: async (name, cancelSignal) => {
      say(`building ${name}`)
      const command = build.replaceAll('{}', typed(name))
      const options = { timeout: buildTimeoutMs, cancelSignal, reject: false, stdin: 'ignore' } as const
      const { failed, shortMessage, stderr, isCanceled } = await execa('sh', ['-c', command], options)
      if (failed && !isCanceled)
        throw new UserError(
          `${name} could not be built (${visible(stderr.trim().split('\n').at(-1) || (shortMessage ?? ''))}): leave it out of --revisions, or correct --build.`,
          EXIT_CODES.targetFailed,
        )
      return recorded
    },
  }
}

/** What was decided about one version, and by which runs. */
interface Decided {
  readonly name: string
  readonly judgement: Judgement
  readonly repetitions: readonly Repetition[]
}

const decide = async (
  name: string,
  recorded: Recorded,
  { fingerprint }: Finding,
  { atLeast, jobs }: Settings,
  signal: AbortSignal,
): Promise<Decided> => {
  const test = sequentialTest(atLeast / 100, ERROR, Number.POSITIVE_INFINITY)
  const faults = recorded.faults.map(({ planned }) => planned)
  const words = await wordsToRepeat(recorded.spec, faults, recorded.dir)
  const repetitions: Repetition[] = []
  for (;;) {
    const shown = shownIn(repetitions, fingerprint)
    const decision = decisionOf(shown, test)
    const isGivenUp = repetitions.length - shown.length >= MOST_UNPROVED || shown.length >= MOST_RUNS
    if (decision !== null || isGivenUp || signal.aborted) {
      const judgement = decision === null ? 'undecided' : decision === 'often' ? 'bad' : 'good'
      const count = `${shown.filter(Boolean).length} of ${shown.length} runs show it`
      const unproved = repetitions.length - shown.length
      say(`${name}: ${judgement} (${count}${unproved === 0 ? '' : `, ${unproved} proved nothing`})`)
      return { name, judgement, repetitions }
    }
    const count = Math.min(jobs, fewestToDecide(shown, test))
    const out = writableFolder(path.join(recorded.dir, RUNS))
    repetitions.push(...(await repeatRun({ words, wanted: recorded.findings, out, count, jobs, signal })))
  }
}

const percent = (share: number): string => `${Math.round(100 * share)} %`

const assumptionOf = (decisions: number, atLeast: number): string =>
  [
    `Assumed: all good ones come before all bad ones, a bad one shows the finding in at least ${atLeast} % of its runs, and a good one in at most ${atLeast / 5} %.`,
    `Each of the ${decisions} decisions is then wrong with a probability of at most ${percent(ERROR)}, and any of them with at most ${percent(Math.min(1, decisions * ERROR))} (Wald 1945).`,
  ].join('\n')

const sentenceOf = (bisected: Bisected, names: readonly string[]): string => {
  switch (bisected.type) {
    case 'found':
      return `The first bad one is ${names[bisected.firstBad]}; the last good one is ${names[bisected.lastGood]}.`
    case 'first is bad':
      return `${names[0]} is bad already: put older ones before it, so that the first is good.`
    case 'last is good':
      return `${names.at(-1)} is good: put newer ones behind it, or choose a run that fails more often (\`faultline repro\` says how often).`
    case 'undecided':
      return `${names[bisected.at]} could not be judged: its runs proved nothing, or showed the finding neither often nor seldom. Leave it out, or change --at-least.`
  }
}

const exitCodeOf = ({ type }: Bisected): number =>
  type === 'found' ? EXIT_CODES.valid : type === 'undecided' ? EXIT_CODES.unknown : EXIT_CODES.badUsage

export const bisectCommand = async (given: string, settings: Settings): Promise<number> => {
  const recorded = await readRecorded(given)
  const finding = earliestOf(askedFindings(recorded, settings.finding))
  const { versions } = settings
  const { names, prepare } =
    versions === undefined ? revisionsOf(recorded, settings) : await versionsOf(recorded, versions)
  using interruption = untilInterrupted('nothing is kept of the versions judged so far')
  const { signal } = interruption
  say(visible(finding.sentence))
  const decided: Decided[] = []
  const bisected = await bisect(names.length, async (at) => {
    const name = names[at] as string
    const prepared = await prepare(name, signal)
    const each = await decide(name, prepared, finding, settings, signal)
    decided.push(each)
    return each.judgement
  })
  if (signal.aborted) return INTERRUPTED
  const assumption = assumptionOf(decided.length, settings.atLeast)
  const { fingerprint, sentence } = finding
  const file = path.join(recorded.dir, FILE)
  writeJson(file, 'bisect', {
    ...{ run: recorded.dir, finding: { fingerprint, sentence }, names },
    ...{ result: bisected, assumption, decided },
  })
  process.stdout.write(`${sentenceOf(bisected, names)}\n${assumption}\n${path.relative('.', file)}\n`)
  return exitCodeOf(bisected)
}
