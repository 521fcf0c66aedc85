/** Judges a stored run or an imported history, offline: no target is needed. */
import fs from 'node:fs'
import path from 'node:path'
import { composeVerdict } from '../../../checkers/compose.ts'
import { strangerIn, wrongVocabulary } from '../../../checkers/vocabulary.ts'
import type { Options } from '../../api/options.ts'
import type { RunRecord } from '../../api/record.ts'
import type { RunVerdict } from '../../api/verdict.ts'
import type { Workload } from '../../api/workload.ts'
import { decodeAny } from '../../history/decode.ts'
import { readHistoryText } from '../../store/history-file.ts'
import { bareRecord, FILES, loadRun, withoutPages, writeVerdict } from '../../store/run-store.ts'
import { UserError } from '../../support/assert.ts'
import type { Judged } from '../output/format.ts'
import { parseOptions } from './options.ts'
import { findWorkload } from './registries.ts'
import type { CheckSettings } from './settings.ts'

/** The record of an interrupted run or an imported history lacks parts; only the existing parts are judged. */
const judgeRecord = (recorded: RunRecord, workload: Workload, options: Options): Promise<RunVerdict> => {
  const { vocabulary } = workload
  const record = { ...recorded, vocabulary, workloadOptions: options }
  const stranger = strangerIn(record.history, vocabulary)
  const checkers = stranger === null ? workload.checkers(options) : [wrongVocabulary(stranger, vocabulary)]
  const usable =
    record.spec === null
      ? checkers.filter((checker) => checker.needs.every((part) => record[part] !== null))
      : checkers
  return composeVerdict(usable, record, new AbortController().signal)
}

/** Judges the run in `dir` and stores verdict.json. */
export const judgeRun = async (dir: string): Promise<Judged> => {
  const { record, notes } = loadRun(dir)
  const spec = record.spec
  if (spec === null) throw new UserError(`${dir} has no spec.`)
  const workload = await findWorkload(spec.workload)
  const verdict = writeVerdict(dir, await judgeRecord(record, workload, spec.workloadOptions))
  return { verdict, record, notes, folder: dir }
}

/** Of a run, not of somebody else's store. */
const isRunDir = (file: string): boolean =>
  fs.statSync(file).isDirectory() && fs.existsSync(path.join(file, FILES.run))

/** The dialect determines the initial value unless the user gave one. */
const workloadOptions = (
  { options: specs, name }: Workload,
  { workloadOpts, dialect }: CheckSettings,
  file: string,
): Options => {
  const options = parseOptions(`workload ${name}`, workloadOpts, specs)
  const isKnossos =
    !file.endsWith('.jsonl') && dialect === 'jepsen' && !(workloadOpts ?? '').includes('initial=')
  return isKnossos && Object.hasOwn(specs, 'initial') ? { ...options, initial: '0' } : options
}

/** Judges a run's folder or a history file. */
export const judgePath = async (given: string, settings: CheckSettings): Promise<Judged> => {
  const file = path.resolve(given)
  if (!fs.existsSync(file)) throw new UserError(`There is no file or folder at ${file}.`)
  if (isRunDir(file)) return judgeRun(file)
  const { dialect, pages } = settings
  const workload = await findWorkload(settings.workload)
  const { text, file: found } = readHistoryText(file)
  const { operations, notes } = decodeAny(text, path.relative('.', found), workload.vocabulary, dialect)
  const record = bareRecord(operations)
  const verdict = await judgeRecord(record, workload, workloadOptions(workload, settings, file))
  if (pages === undefined) return { verdict: withoutPages(verdict), record, notes }
  fs.mkdirSync(pages, { recursive: true })
  return { verdict: writeVerdict(pages, verdict), record, notes, folder: pages }
}
