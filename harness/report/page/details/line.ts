/** The details of a line of a log: what was in force and who led when it was written, as far as that is known. */
import type { ShownLine } from '../../logs/page-log.ts'
import { numbered } from '../address.ts'
import { logLaneId } from '../lanes/logs.ts'
import { doubtOf } from '../logs/doubt.ts'
import type { Model } from '../model.ts'
import { exactTime } from '../times.ts'
import { type Fact, faultFact, list, type Shown } from './facts.ts'
import { nodesFact } from './nodes.ts'

/** What was in force at any time at which it may have been written. */
const faultsFact = (model: Model, fromMs: number, { isUnsure, frozenMs }: ShownLine): Fact => {
  const { faults } = model.data
  if (!isUnsure) return faultFact(faults, fromMs, fromMs)
  const [, told] = faultFact(faults, fromMs, fromMs + frozenMs, 'not known: its time is not sure')
  return [frozenMs > 0 ? 'faults in force between these' : 'faults in force if its time is right', told]
}

/** Null: no line of its log has a time. */
export const showLine = (model: Model, line: ShownLine): Shown | null => {
  const { node, number, placeMs, isUnsure } = line
  if (placeMs === null) return null
  const doubt = doubtOf(line)
  return {
    heading: `Line ${numbered(node, number)} of the log, ${isUnsure ? 'at about' : 'at'} ${exactTime(placeMs)}`,
    content: list([
      ...(doubt === null ? [] : [['its time', [doubt]] as const]),
      nodesFact(model, placeMs),
      faultsFact(model, placeMs, line),
    ]),
    span: { fromMs: placeMs, toMs: placeMs },
    laneId: logLaneId(node),
  }
}
