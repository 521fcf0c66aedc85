/** The files of what campaigns remember: `<out>/corpus/known.json`, and a folder for each plan that has failed. */
import crypto from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import type { OptionsText } from '../../api/suite.ts'
import { optionsText } from '../../campaign/cases.ts'
import type { Known, Memory, Remembered, ToRemember } from '../../campaign/memory.ts'
import { type FileHeader, headerOf, requireSchema } from '../../history/schema.ts'
import { FILES, readPlannedFaults } from '../../store/run-store.ts'
import { ownVersion } from '../../store/version.ts'

const CASE = 'case.json'
const KNOWN = 'known.json'

const corpusOf = (out: string): string => path.join(out, 'corpus')

const write = (file: string, kind: 'known' | 'remembered', content: object): void => {
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(
    `${file}.new`,
    `${JSON.stringify({ ...headerOf(kind, ownVersion()), ...content }, null, 2)}\n`,
  )
  fs.renameSync(`${file}.new`, file)
}

/** Null: there is no such file. */
const read = <T>(file: string, kind: 'known' | 'remembered'): T | null => {
  if (!fs.existsSync(file)) return null
  const content = JSON.parse(fs.readFileSync(file, 'utf8')) as T & FileHeader
  requireSchema(kind, content.schema, file)
  return content
}

export const readKnown = (out: string): Known =>
  read<{ readonly findings: Known }>(path.join(corpusOf(out), KNOWN), 'known')?.findings ?? {}

export const writeKnown = (out: string, findings: Known): void =>
  write(path.join(corpusOf(out), KNOWN), 'known', { findings })

export const readCorpus = (out: string): readonly Remembered[] => {
  const corpus = corpusOf(out)
  if (!fs.existsSync(corpus)) return []
  return fs
    .readdirSync(corpus)
    .sort()
    .flatMap((id) => read<Remembered>(path.join(corpus, id, CASE), 'remembered') ?? [])
}

/** The recorded faults of a remembered plan; null: its run had none. */
export const planFileOf = (out: string, id: string): string | null => {
  const file = path.join(corpusOf(out), id, FILES.faults)
  return fs.existsSync(file) ? file : null
}

/** The same run is remembered under the same name. */
const idOf = ({ entry, runDir }: ToRemember): string =>
  crypto
    .createHash('sha256')
    .update(JSON.stringify([entry.suite, entry.name, runDir]))
    .digest('hex')
    .slice(0, 12)

/** Options of nemeses that have no fault in the plan would be refused. */
const fitting = (options: OptionsText, nemeses: readonly string[]): OptionsText =>
  optionsText(options)
    .split(',')
    .filter((option) => {
      const [, nemesis] = /^([^.=]+)\./.exec(option) ?? []
      return nemesis === undefined || nemeses.includes(nemesis)
    })
    .join(',')

const remember = (out: string, each: ToRemember): void => {
  const id = idOf(each)
  const dir = path.join(corpusOf(out), id)
  const faults = path.join(each.runDir, FILES.faults)
  const hasPlan = fs.existsSync(faults) && fs.readFileSync(faults, 'utf8').includes('"planned"')
  const { choice } = each.entry
  const options =
    hasPlan && choice.nemesisOpts !== undefined
      ? {
          nemesisOpts: fitting(
            choice.nemesisOpts,
            readPlannedFaults(faults).map(({ nemesis }) => nemesis),
          ),
        }
      : {}
  write(path.join(dir, CASE), 'remembered', { ...each.entry, choice: { ...choice, ...options }, id })
  if (hasPlan) fs.copyFileSync(faults, path.join(dir, FILES.faults))
}

/** Makes these the remembered plans. @param all each with the folder of results that has it */
export const copyRemembered = (
  out: string,
  all: readonly { readonly entry: Remembered; readonly from: string }[],
): void => {
  for (const { id } of readCorpus(out))
    if (!all.some(({ entry }) => entry.id === id))
      fs.rmSync(path.join(corpusOf(out), id), { recursive: true })
  for (const { entry, from } of all.filter((each) => each.from !== out))
    fs.cpSync(path.join(corpusOf(from), entry.id), path.join(corpusOf(out), entry.id), { recursive: true })
}

export const writeMemory = (out: string, before: readonly Remembered[], { kept, added }: Memory): void => {
  for (const { id } of before)
    if (!kept.some((each) => each.id === id)) fs.rmSync(path.join(corpusOf(out), id), { recursive: true })
  for (const each of kept) write(path.join(corpusOf(out), each.id, CASE), 'remembered', each)
  for (const each of added) remember(out, each)
}
