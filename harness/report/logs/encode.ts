/** Makes the columns that the page holds from the logs of a run. */

import type { RunRecord } from '../../api/record.ts'
import { inNameOrder } from '../../support/names.ts'
import { alignLogs, type LogLine } from './align.ts'
import { LEVELS } from './levels.ts'
import { type LogGap, type PageLog, US_PER_MS } from './page-log.ts'
import { type LogLimits, selectLines } from './select.ts'

const NS_PER_US = 1e3

const gapsAmong = (
  lines: readonly LogLine[],
  chosen: readonly number[],
  nodeIndex: ReadonlyMap<string, number>,
): readonly LogGap[] => {
  const gaps: LogGap[] = []
  let next = 0
  for (let before = 0; before <= chosen.length; before++) {
    const at = chosen[before] ?? lines.length
    const counts = new Map<number, number>()
    for (; next < at; next++) {
      const node = nodeIndex.get((lines[next] as LogLine).node) ?? 0
      counts.set(node, (counts.get(node) ?? 0) + 1)
    }
    next = at + 1
    for (const [node, count] of counts) gaps.push({ before, node, count })
  }
  return gaps
}

const differences = (values: readonly number[]): readonly number[] =>
  values.map((value, i) => value - (values[i - 1] ?? 0))

const placeDifferences = (values: readonly (number | null)[]): readonly (number | null)[] => {
  let before = 0
  return values.map((value) => {
    if (value === null) return null
    const difference = value - before
    before = value
    return difference
  })
}

const numberDifferences = (lines: readonly LogLine[]): readonly number[] => {
  const before = new Map<string, number>()
  return lines.map(({ node, number }) => {
    const difference = number - (before.get(node) ?? 0)
    before.set(node, number)
    return difference
  })
}

export const encodeLines = (all: readonly LogLine[], limits: LogLimits): Omit<PageLog, 'files' | 'notes'> => {
  const nodes = inNameOrder(all.map(({ node }) => node))
  const nodeIndex = new Map(nodes.map((node, i) => [node, i]))
  const chosen = selectLines(all, limits)
  const lines = chosen.map((index) => all[index] as LogLine)
  return {
    nodes,
    levels: lines.map(({ level }) => LEVELS.indexOf(level)).join(''),
    node: lines.map(({ node }) => nodeIndex.get(node) ?? 0),
    number: numberDifferences(lines),
    placeUs: placeDifferences(
      lines.map(({ placeNs }) => (placeNs === null ? null : Math.round(placeNs / NS_PER_US))),
    ),
    rawFrom: lines.map(({ raw }) => raw?.[0] ?? -1),
    rawLength: lines.map(({ raw }) => (raw === null ? 0 : raw[1] - raw[0])),
    aheadUs: differences(lines.map(({ aheadMs }) => Math.round(aheadMs * US_PER_MS))),
    unsure: lines.map(({ isUnsure }) => (isUnsure ? '1' : '0')).join(''),
    frozenUs: lines.map(({ frozenMs }) => Math.round(frozenMs * US_PER_MS)),
    texts: lines.map(({ text }) => text),
    gaps: gapsAmong(all, chosen, nodeIndex),
  }
}

/**
 * The logs of a run for its page; null if the run has none.
 *
 * @param localEastMs how far the zone of the machine that ran it is east of UTC, in ms
 */
export const pageLogOf = (
  record: Pick<RunRecord, 'logs' | 'facts' | 'samples' | 'history' | 'faults'>,
  localEastMs: number,
  limits: LogLimits,
): PageLog | null => {
  if (record.logs === null || record.logs.length === 0) return null
  const { lines, files, notes } = alignLogs(record, localEastMs)
  return { ...encodeLines(lines, limits), files, notes }
}
