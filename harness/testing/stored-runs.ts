/** Incidents as folders of runs, as `faultline run` leaves them. */
import fs from 'node:fs'
import path from 'node:path'
import type { FaultEvent, FaultRecord } from '../api/record.ts'
import { findingsOf } from '../findings/findings.ts'
import { headlineOf } from '../findings/headline.ts'
import { encodeOperation } from '../history/jsonl.ts'
import { encodeHeader } from '../history/schema.ts'
import { FILES, writeFindings, writeRunFile, writeVerdict } from '../store/run-store.ts'
import type { Incident } from './incidents.ts'

const VERSION = '0.0.0'

const line = (value: unknown): string => `${JSON.stringify(value)}\n`

const eventsOf = ({
  planned,
  victims,
  injectedAtNs,
  healedAtNs,
  effects,
}: FaultRecord): readonly FaultEvent[] => {
  const effect = effects[0]
  if (injectedAtNs === undefined || healedAtNs === undefined || effect === undefined)
    throw new Error('a stored fault must have been healed')
  return [
    { type: 'planned', fault: planned },
    { type: 'injected', id: planned.id, atNs: injectedAtNs, victims },
    { type: 'healed', id: planned.id, atNs: healedAtNs, effect },
  ]
}

interface How {
  /** Below the results folder. */
  readonly name: string
  readonly isJudged?: boolean
  /** False: it has no end yet. */
  readonly isOver?: boolean
}

/** Returns the folder. */
export const storeRun = (
  results: string,
  { record, verdict }: Incident,
  { name, isJudged = true, isOver = true }: How,
): string => {
  const dir = path.join(results, name)
  fs.mkdirSync(dir, { recursive: true })
  const { spec, claims, facts } = record
  if (spec === null || claims === null) throw new Error('only a run can be stored')
  writeRunFile(dir, { faultline: VERSION, spec, claims, facts: isOver ? facts : null })
  const write = (file: string, lines: readonly string[]): void =>
    fs.writeFileSync(path.join(dir, file), lines.join(''))
  write(FILES.history, [encodeHeader('history', VERSION), ...record.history.map(encodeOperation)])
  write(FILES.faults, [encodeHeader('faults', VERSION), ...(record.faults ?? []).flatMap(eventsOf).map(line)])
  write(FILES.samples, [encodeHeader('samples', VERSION), ...(record.samples ?? []).map(line)])
  if (!isJudged) return dir
  writeVerdict(dir, verdict)
  const headline = headlineOf(record, verdict)
  writeFindings(dir, { status: verdict.status, headline, findings: findingsOf(record, verdict) }, null)
  return dir
}
