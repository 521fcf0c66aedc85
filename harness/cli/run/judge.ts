/** Judges a stored run or an imported history, offline: no target is needed. */
import fs from 'node:fs'
import path from 'node:path'
import { composeVerdict } from '../../../checkers/compose.ts'
import { strangerIn, wrongVocabulary } from '../../../checkers/vocabulary.ts'
import type { Operation } from '../../api/history.ts'
import type { Options } from '../../api/options.ts'
import type { RunRecord } from '../../api/record.ts'
import type { RunVerdict } from '../../api/verdict.ts'
import { type Dialect, decodeJepsen } from '../../history/jepsen.ts'
import { decodeHistory } from '../../history/jsonl.ts'
import { pairOperations } from '../../history/pairs.ts'
import { bareRecord, loadRun, withoutPages, writeVerdict } from '../../store/run-store.ts'
import { UserError } from '../../support/assert.ts'
import { parseOptions } from './options.ts'
import { findWorkload } from './registries.ts'

export interface Judged {
  readonly verdict: RunVerdict
  readonly record: RunRecord
  readonly notes: readonly string[]
  /** Where its verdict and pages of evidence were stored. */
  readonly folder?: string
}

/** An interrupted run or one imported has parts missing; only what is there is judged. */
const judgeRecord = (recorded: RunRecord, workload: string, options: Options): Promise<RunVerdict> => {
  const { vocabulary, checkers: checkersFor } = findWorkload(workload)
  const record = { ...recorded, vocabulary }
  const stranger = strangerIn(record.history, vocabulary)
  const checkers = stranger === null ? checkersFor(options) : [wrongVocabulary(stranger, vocabulary)]
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
  pairOperations(record.history)
  const verdict = writeVerdict(dir, await judgeRecord(record, spec.workload, spec.workloadOptions))
  return { verdict, record, notes, folder: dir }
}

const isRunDir = (file: string): boolean => fs.statSync(file).isDirectory()

const parseDialect = (text: string | undefined): Dialect => {
  if (text === undefined || text === 'jepsen') return 'jepsen'
  if (text === 'etcd') return 'etcd'
  throw new UserError(`--dialect ${text}: jepsen or etcd is expected.`)
}

const readHistory = (
  file: string,
  dialect: Dialect,
): { readonly operations: readonly Operation[]; readonly notes: readonly string[] } => {
  const text = fs.readFileSync(file, 'utf8')
  if (file.endsWith('.jsonl')) return decodeHistory(text, file)
  if (/\.(edn|log|txt)$/.test(file)) return { operations: decodeJepsen(text, dialect, file), notes: [] }
  throw new UserError(
    `${file}: a run's folder, a .jsonl history, or a Jepsen history (.edn, .log) is expected.`,
  )
}

export interface CheckFlags {
  readonly workload: string
  readonly dialect?: string
  readonly workloadOpts?: string
  /** A folder for the pages of an imported history's verdict. */
  readonly pages?: string
}

/** The initial value belongs to the dialect unless it was given. */
const workloadOptions = (flags: CheckFlags, file: string, dialect: Dialect): Options => {
  const specs = findWorkload(flags.workload).options
  const options = parseOptions(`workload ${flags.workload}`, flags.workloadOpts, specs)
  const knossos =
    !file.endsWith('.jsonl') && dialect === 'jepsen' && !(flags.workloadOpts ?? '').includes('initial=')
  return knossos && Object.hasOwn(specs, 'initial') ? { ...options, initial: '0' } : options
}

/** Judges a run's folder or a history file. */
export const judgePath = async (given: string, flags: CheckFlags): Promise<Judged> => {
  const file = path.resolve(given)
  if (!fs.existsSync(file)) throw new UserError(`There is nothing at ${file}.`)
  if (isRunDir(file)) return judgeRun(file)
  const dialect = parseDialect(flags.dialect)
  const { operations, notes } = readHistory(file, dialect)
  const record = bareRecord(operations)
  pairOperations(operations)
  const verdict = await judgeRecord(record, flags.workload, workloadOptions(flags, file, dialect))
  if (flags.pages === undefined) return { verdict: withoutPages(verdict), record, notes }
  fs.mkdirSync(flags.pages, { recursive: true })
  return { verdict: writeVerdict(flags.pages, verdict), record, notes, folder: flags.pages }
}
