/**
 * The logs of all nodes on the time of the run. Pure: what a node wrote, and the run's record, give lines with times. A line
 * without a time belongs to the line before it, and stays behind it.
 */
import type { NodeLog, RunRecord } from '../../api/record.ts'
import { NS_PER_MS } from '../../support/time.ts'
import type { Stamp } from './formats.ts'
import { type Level, levelBelow, levelByWords } from './levels.ts'
import { type NodeClock, nodeClocksOf, timeShown } from './node-clock.ts'
import { plainLines } from './plain-lines.ts'
import { formatNames, readStamp, recogniseFormats } from './recognise.ts'
import { type RunClock, runClockOf } from './run-clock.ts'
import { wallTimesOf } from './wall-times.ts'

export interface LogLine {
  readonly node: string
  /** From 1, through all files of the node: its address is `n1:204`. */
  readonly number: number
  readonly text: string
  /** The time of the run, corrected. Null: the line has no time. */
  readonly timeNs: number | null
  /** Where it stands among all lines: its own time or that of the line it belongs to. Null: no line of its file has a time. */
  readonly placeNs: number | null
  /** Where in the text its time stands, from and to. Null: nowhere. */
  readonly raw: readonly [number, number] | null
  /** By how much the node's clock was ahead, which is subtracted. 0: it was right, as far as is known. */
  readonly aheadMs: number
  /** A fault moved the clock, which did not show this time once: the line may have been written at another time. */
  readonly isUnsure: boolean
  /** Its clock stood still, so that it may have been written up to so much later. 0: it did not, or nobody knows how long. */
  readonly frozenMs: number
  /** Its own, or that of the line it belongs to. */
  readonly level: Level
}

/** How one file was read, for the reader to judge by. */
export interface LogFile {
  readonly node: string
  readonly lines: number
  /** The number of its first line. */
  readonly first: number
  /** How many of its lines have a time of their own. */
  readonly timed: number
  /** The formats of its times, by name, or `no times found`. */
  readonly format: string
  /** What was assumed, as sentences. */
  readonly notes: readonly string[]
}

export interface AlignedLogs {
  /** In order of time. Lines of files without times come last. */
  readonly lines: readonly LogLine[]
  readonly files: readonly LogFile[]
  /** What is true of all files: how exact the times are. */
  readonly notes: readonly string[]
}

interface ReadFile {
  readonly file: LogFile
  readonly lines: readonly LogLine[]
}

interface Clocks {
  readonly run: RunClock | null
  readonly nodes: ReadonlyMap<string, NodeClock>
  readonly localEastMs: number
}

interface Placed {
  readonly timeMs: number | null
  readonly aheadMs: number
  readonly isUnsure: boolean
  readonly frozenMs: number
}

const NOT_PLACED: Placed = { timeMs: null, aheadMs: 0, isUnsure: false, frozenMs: 0 }

/** The times of the run in ms, by the clock of the node. */
const placeAll = (
  wallMs: readonly (number | null)[],
  run: RunClock,
  clock: NodeClock | undefined,
): readonly Placed[] => {
  let beforeMs = Number.NEGATIVE_INFINITY
  return wallMs.map((wall) => {
    if (wall === null) return NOT_PLACED
    const shownMs = wall - run.zeroMs
    const { ms, isUnsure, frozenMs } =
      clock === undefined
        ? { ms: shownMs, isUnsure: false, frozenMs: 0 }
        : timeShown(clock, shownMs, beforeMs)
    beforeMs = ms
    return { timeMs: ms, aheadMs: shownMs - ms, isUnsure, frozenMs }
  })
}

const MS_DIGITS = 1e3

const rounded = (ms: number): number => Math.round(ms * MS_DIGITS) / MS_DIGITS

/** @param owner the level of the line before */
const levelOf = (line: string, stamp: Stamp | null, owner: Level): Level =>
  stamp === null ? levelBelow(owner, line) : (stamp.level ?? levelByWords(line.slice(stamp.time.to)))

/** Not the whole file was read. */
const leftOutNote = (bytes: number): readonly string[] =>
  bytes === 0
    ? []
    : [
        `The file is long, and its first ${(bytes / 2 ** 20).toFixed(1)} MB are left out: lines are counted from there.`,
      ]

const readFile = ({ node, text, leftOutBytes = 0 }: NodeLog, first: number, clocks: Clocks): ReadFile => {
  const { lines: texts, leftOut } = plainLines(text)
  const recognised = recogniseFormats(texts)
  const stamps = texts.map((line) => readStamp(recognised, line))
  const { run } = clocks
  const wall = run === null ? null : wallTimesOf(stamps, run, clocks.localEastMs)
  const placed = run === null || wall === null ? null : placeAll(wall.times, run, clocks.nodes.get(node))
  const firstTimed = placed?.find(({ timeMs }) => timeMs !== null)?.timeMs ?? null
  let [placeMs, level] = [firstTimed, 'none' as Level]
  const lines = texts.map((line, i): LogLine => {
    const stamp = stamps[i] ?? null
    const { timeMs, aheadMs, isUnsure, frozenMs } = placed?.[i] ?? NOT_PLACED
    level = levelOf(line, stamp, recognised.formats.length === 0 ? 'none' : level)
    placeMs = timeMs ?? placeMs
    return {
      node,
      number: first + i,
      text: line,
      timeNs: timeMs === null ? null : Math.round(timeMs * NS_PER_MS),
      placeNs: placeMs === null ? null : Math.round(placeMs * NS_PER_MS),
      raw: stamp === null ? null : [stamp.time.from, stamp.time.to],
      aheadMs: rounded(aheadMs),
      isUnsure,
      frozenMs: rounded(frozenMs),
      level,
    }
  })
  const timed = stamps.filter((stamp) => stamp !== null).length
  const notes = [...leftOutNote(leftOutBytes + leftOut), ...(wall?.notes ?? [])]
  return {
    lines,
    file: { node, lines: lines.length, first, timed, format: formatNames(recognised), notes },
  }
}

/** Times within a node's log may go back: then the line stands where its time is. */
const inOrder = (files: readonly ReadFile[]): readonly LogLine[] => {
  const nodes = [...new Set(files.map(({ file }) => file.node))]
  const rank = new Map(nodes.map((node, i) => [node, i]))
  return files
    .flatMap(({ lines }) => lines)
    .sort((a, b) => {
      const [at, bt] = [a.placeNs ?? Number.POSITIVE_INFINITY, b.placeNs ?? Number.POSITIVE_INFINITY]
      if (at !== bt) return at - bt
      return a.node === b.node ? a.number - b.number : (rank.get(a.node) ?? 0) - (rank.get(b.node) ?? 0)
    })
}

const notesOn = (run: RunClock | null): readonly string[] =>
  run === null
    ? ['The record does not say when the run was: the lines of the logs have no times of the run.']
    : [
        `The wall time of time 0 is ${new Date(run.zeroMs).toISOString()}, ${run.source}, within ${run.withinMs} ms.`,
      ]

/**
 * @param localEastMs how far the zone of the machine that ran it is east of UTC, in ms: times without a zone may be in it
 */
export const alignLogs = (
  record: Pick<RunRecord, 'logs' | 'facts' | 'samples' | 'history' | 'faults'>,
  localEastMs: number,
): AlignedLogs => {
  const logs = record.logs ?? []
  const run = runClockOf(record)
  const names = [...new Set(logs.map(({ node }) => node))]
  const nodes = run === null ? new Map<string, NodeClock>() : nodeClocksOf(record, run, names)
  const next = new Map<string, number>()
  const files = logs.map((log) => {
    const first = next.get(log.node) ?? 1
    const read = readFile(log, first, { run, nodes, localEastMs })
    next.set(log.node, first + read.lines.length)
    return read
  })
  return { lines: inOrder(files), files: files.map(({ file }) => file), notes: notesOn(run) }
}
