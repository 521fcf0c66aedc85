/** Judges a stored run or an imported history, offline: no target is needed. */
import fs from 'node:fs'
import path from 'node:path'
import { composeVerdict } from '../../../checkers/compose.ts'
import { strangerIn, wrongVocabulary } from '../../../checkers/vocabulary.ts'
import type { Operation, Sequence } from '../../api/history.ts'
import type { Options } from '../../api/options.ts'
import type { RunRecord } from '../../api/record.ts'
import type { RunVerdict } from '../../api/verdict.ts'
import type { Workload } from '../../api/workload.ts'
import { findingsOf } from '../../findings/findings.ts'
import { headlineOf } from '../../findings/headline.ts'
import { windowPicture } from '../../findings/window.ts'
import type { History } from '../../history/columns.ts'
import { type HistorySource, isOurs } from '../../history/decode.ts'
import { believed } from '../../history/honest.ts'
import { findHistory } from '../../store/history-file.ts'
import {
  bareRecord,
  FILES,
  loadRun,
  readVerdict,
  recordOfHistory,
  withoutPages,
  writeFindings,
  writeVerdict,
} from '../../store/run-store.ts'
import { UserError } from '../../support/assert.ts'
import { REGISTER } from '../../vocabularies/register.ts'
import type { Judged } from '../output/format.ts'
import { commandToCheck, runAgain } from './again.ts'
import { parseExpect } from './expect.ts'
import { findWorkload } from './find-workload.ts'
import { parseOptions } from './options.ts'
import type { CheckSettings } from './settings.ts'
import { tryToStore } from './stored.ts'
import { judgeWhileReading } from './while-reading.ts'

/** How a record is judged. */
interface Judging {
  readonly workload: Workload
  readonly options: Options
  readonly expect: string | undefined
}

const sentence = (note: string): string =>
  `${note.charAt(0).toUpperCase()}${note.slice(1)}${/[.!?]$/.test(note) ? '' : '.'}`

type JudgedRecord = Pick<Judged, 'record' | 'verdict'>

/**
 * The record of an interrupted run or an imported history lacks parts; only the existing parts are judged.
 *
 * @param checkers absent: those of the workload
 */
const judgeRecord = async (
  recorded: RunRecord,
  { workload, options, expect }: Judging,
  checkers = workload.checkers(options),
): Promise<JudgedRecord> => {
  const { vocabulary } = workload
  const expected = parseExpect(expect, vocabulary)
  const record = {
    ...recorded,
    vocabulary,
    workloadOptions: options,
    ...(expected === null ? {} : { expect: expected }),
  }
  const usable =
    record.spec === null
      ? checkers.filter((checker) => checker.needs.every((part) => record[part] !== null))
      : checkers
  return { record, verdict: await composeVerdict(usable, believed(record), new AbortController().signal) }
}

/** @param notes what is to be known of how it was read */
const withNotes = (notes: readonly string[], { record, verdict }: JudgedRecord): JudgedRecord => ({
  record,
  verdict: { ...verdict, notes: [...notes.map(sentence), ...verdict.notes] },
})

/** Judges what the clients of a simulated run saw, with the options that the workload has by default. */
export const judgeSimulated = async (
  history: Sequence<Operation>,
  workload: Workload,
): Promise<RunVerdict> => {
  const options = parseOptions(`workload ${workload.name}`, undefined, workload.options)
  return (await judgeRecord(bareRecord(history), { workload, options, expect: undefined })).verdict
}

/** Stores verdict.json with its pages, and findings.json with its picture. Returns the verdict as it is read back. */
const store = (dir: string, { record, verdict }: Pick<Judged, 'record' | 'verdict'>): RunVerdict => {
  const stored = writeVerdict(dir, verdict)
  writeFindings(
    dir,
    {
      status: verdict.status,
      headline: headlineOf(record, verdict),
      findings: findingsOf(record, verdict),
    },
    windowPicture(record, verdict),
  )
  return stored
}

/** Judges the run in `dir` and stores verdict.json and findings.json. @param expect judges it against this promise instead of its own */
export const judgeRun = async (dir: string, expect?: string): Promise<Judged> => {
  const { record: recorded, notes } = loadRun(dir)
  const spec = recorded.spec
  if (spec === null) throw new UserError(`${dir} has no spec.`)
  const workload = await findWorkload(spec.workload)
  const stranger = strangerIn(recorded.history, workload.vocabulary)
  const judging = { workload, options: spec.workloadOptions, expect }
  const judged = withNotes(
    notes,
    await judgeRecord(
      recorded,
      judging,
      stranger === null ? undefined : [wrongVocabulary(stranger, workload.vocabulary)],
    ),
  )
  const verdict = await tryToStore(FILES.verdict, () => store(dir, judged))
  return {
    verdict: verdict ?? withoutPages(judged.verdict),
    record: judged.record,
    folder: dir,
    ...(await runAgain(spec, dir)),
  }
}

/** A run with its stored verdict; one without is judged. */
export const judgedRun = async (dir: string): Promise<Judged> => {
  const verdict = readVerdict(dir)
  const { record } = loadRun(dir)
  const { spec } = record
  if (verdict === null || spec === null) return judgeRun(dir)
  // A user's workload may be gone. The run can be shown without it.
  const workload = await findWorkload(spec.workload).catch(() => null)
  const vocabulary = workload?.vocabulary ?? null
  return { verdict, record: { ...record, vocabulary }, folder: dir, ...(await runAgain(spec, dir)) }
}

/** Of a run, not of somebody else's store. */
const isRunDir = (file: string): boolean =>
  fs.statSync(file).isDirectory() && fs.existsSync(path.join(file, FILES.run))

interface ImportOptions {
  readonly options: Options
  /** What the history does not tell, and nobody told. */
  readonly notes: readonly string[]
}

/** Knossos's registers begin with 0, unless a compare-and-set found nil in one: nil cannot be written. */
const knossosInitial = (history: Sequence<Operation>): '0' | 'null' => {
  const foundNil = ({ type, f, value }: Operation): boolean => {
    if (type !== 'ok' || f !== 'cas') return false
    const { applied, expected } = value as { readonly applied: boolean; readonly expected: unknown }
    return applied && expected === null
  }
  return history.some(foundNil) ? 'null' : '0'
}

/** The dialect and the history determine the initial value unless the user gave one. */
const importOptions = (
  { options: specs, name, vocabulary }: Workload,
  { workloadOpts = '', dialect }: CheckSettings,
  isOfKnossos: boolean,
  history: Sequence<Operation>,
): ImportOptions => {
  const given = parseOptions(`workload ${name}`, workloadOpts, specs)
  const isGiven = (option: string): boolean =>
    workloadOpts.split(',').some((pair) => pair.startsWith(`${option}=`))
  const isKnossos = isOfKnossos && dialect === 'jepsen' && !isGiven('initial')
  const hasInitial = vocabulary.name === REGISTER.name && Object.hasOwn(specs, 'initial') && isKnossos
  const options = hasInitial ? { ...given, initial: knossosInitial(history) } : given
  const notes = Object.entries(specs).flatMap(([option, { untold }]) =>
    untold === undefined || isGiven(option)
      ? []
      : `assumed: ${untold} is ${options[option]} (the history does not tell it; --workload-opts ${option}=... does)`,
  )
  return { options, notes }
}

/** A history file that is to be judged. */
interface Imported {
  readonly workload: Workload
  readonly settings: CheckSettings
  readonly isOfKnossos: boolean
}

const judgeImported = async (
  history: History,
  { workload, settings, isOfKnossos }: Imported,
): Promise<JudgedRecord> => {
  const { options, notes } = importOptions(workload, settings, isOfKnossos, history.history)
  const judging = { workload, options, expect: settings.expect }
  return withNotes(notes, await judgeRecord(recordOfHistory(history), judging))
}

/** @throws UserError where it is no history, or does not fit the vocabulary */
const judgeHistory = async (
  given: string,
  source: HistorySource,
  settings: CheckSettings,
): Promise<JudgedRecord> => {
  const workload = await findWorkload(settings.workload)
  const { vocabulary } = workload
  parseExpect(settings.expect, vocabulary)
  const isOfKnossos = !isOurs(source) && !given.endsWith('.jsonl')
  const { judged, notes } = await judgeWhileReading(
    source,
    { vocabulary, dialect: settings.dialect },
    (history) => judgeImported(history, { workload, settings, isOfKnossos }),
  )
  return withNotes(notes, judged)
}

/** Judges a run's folder or a history file. */
export const judgePath = async (given: string, settings: CheckSettings): Promise<Judged> => {
  const file = path.resolve(given)
  if (!fs.existsSync(file)) throw new UserError(`There is no file or folder at ${file}.`)
  if (isRunDir(file)) return judgeRun(file, settings.expect)
  const source = findHistory(file)
  const judged = await judgeHistory(file, source, settings)
  const { record } = judged
  const origin = { file: source.name, again: commandToCheck(given, settings) }
  const { pages } = settings
  if (pages === undefined) return { verdict: withoutPages(judged.verdict), record, ...origin }
  fs.mkdirSync(pages, { recursive: true })
  return { verdict: store(pages, judged), record, folder: pages, ...origin }
}
