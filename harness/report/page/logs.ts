/**
 * The logs of all nodes as one list in order of time. One list instead of a column a node: lines are long, and what happened
 * after what is read from top to bottom; the filter shows a single node.
 */

import { decodeLines, type PageLog, type ShownLine } from '../logs/page-log.ts'
import { firstAtLeast } from '../logs/places.ts'
import { addressOf, linkTo, numbered } from './address.ts'
import { element, table } from './dom.ts'
import { doubtOf } from './logs/doubt.ts'
import { RowList } from './logs/list.ts'
import { lineElement, omissionElement, type RowState, timeText } from './logs/row-element.ts'
import { findRows, type Pattern, patternOf, type Row, rowsOf } from './logs/rows.ts'
import { makeTools, type Tools } from './logs/tools.ts'

export interface LogsView {
  /** In order of time: those without one come last. */
  readonly lines: readonly ShownLine[]
  /** Scrolls to a time of the run in ms, and marks the lines around it. */
  showTime(ms: number): void
  /**
   * Selects the line with this number of the node's log and shows it. Filters that hide it are cleared. False: it is not on
   * the page, and the place where it was omitted is shown.
   */
  select(node: string, number: number): boolean
  /** Null: it is not on the page. */
  lineOf(node: string, number: number): ShownLine | null
}

interface LogsOptions {
  /** Lines up to this far from the time that is shown are marked. */
  readonly windowMs?: number
}

const WINDOW_MS = 500

const nameOfLine = ({ node, number }: ShownLine): string => numbered(node, number)

const timeInWords = (line: ShownLine): string => {
  if (line.placeMs === null) return 'no line of its log has a time'
  const doubt = doubtOf(line)
  return `at ${line.isUnsure ? 'about ' : ''}${timeText(line.placeMs)} s${doubt === null ? '' : `, ${doubt}`}${line.raw === null ? ', the time of a line before it' : ''}`
}

/** How each file was read. */
const about = ({ files, notes }: PageLog): HTMLElement =>
  element('details', { class: 'log-about' }, [
    element('summary', {}, ['How the times were read']),
    ...notes.map((note) => element('p', {}, [note])),
    table(
      ['log', 'lines', 'with a time', 'format', 'assumed'],
      files.map(({ node, first, lines, timed, format, notes: assumed }) => [
        first === 1 ? node : `${node} from line ${first}`,
        lines.toLocaleString('en'),
        timed.toLocaleString('en'),
        format,
        assumed.join(' '),
      ]),
    ),
  ])

class Logs implements LogsView {
  readonly element: HTMLElement
  readonly #log: PageLog
  readonly lines: readonly ShownLine[]
  /** The times of the lines, ascending: those without one come last. */
  readonly #places: Float64Array
  readonly #windowMs: number
  readonly #list: RowList
  readonly #tools: Tools
  readonly #details = element('div', { class: 'log-details', 'aria-live': 'polite' }, [])
  #rows: readonly Row[] = []
  #found: readonly number[] = []
  #find: RegExp | null = null
  #selected = -1
  #shownMs: number | null = null

  constructor(log: PageLog, { windowMs = WINDOW_MS }: LogsOptions) {
    this.#log = log
    this.lines = decodeLines(log)
    this.#places = Float64Array.from(this.lines, ({ placeMs }) => placeMs ?? Number.POSITIVE_INFINITY)
    this.#windowMs = windowMs
    this.#list = new RowList({
      label: 'log lines of all nodes, in order of time',
      idOf: (position) => `log-row-${position}`,
      draw: (position) => this.#draw(position),
      choose: (position) => this.#choose(position),
    })
    this.#tools = makeTools({
      nodes: log.nodes,
      filterChanged: () => this.#filter(),
      queryChanged: () => this.#queryChanged(),
      step: (direction) => this.#step(direction),
    })
    this.element = element('section', { class: 'logs', 'aria-label': 'logs' }, [
      this.#tools.element,
      this.#list.element,
      this.#details,
      about(log),
    ])
    this.#filter()
  }

  showTime(ms: number): void {
    this.#shownMs = ms
    this.#list.center(this.#rowAtLeast(firstAtLeast(this.#places, ms)))
  }

  select(node: string, number: number): boolean {
    const index = this.lines.findIndex((line) => line.node === node && line.number === number)
    if (index < 0) {
      this.#showOmission(node, number)
      return false
    }
    if (!this.#isShown(index)) {
      this.#tools.showAll()
      this.#filter()
    }
    this.#selected = index
    this.#showDetails(this.lines[index] as ShownLine)
    this.#list.activate(this.#rowAtLeast(index))
    this.#sayFound()
    return true
  }

  lineOf(node: string, number: number): ShownLine | null {
    return this.lines.find((line) => line.node === node && line.number === number) ?? null
  }

  #isShown(index: number): boolean {
    const row = this.#rows[this.#rowAtLeast(index)]
    return row !== undefined && 'line' in row && row.line === index
  }

  /** The first row whose line has at least this index; the last row if there is none. */
  #rowAtLeast(index: number): number {
    const at = this.#rows.findIndex((row) => 'line' in row && row.line >= index)
    return at < 0 ? Math.max(0, this.#rows.length - 1) : at
  }

  /** The row in which the line was counted: before the next shown line of the node. */
  #showOmission(node: string, number: number): void {
    this.#tools.showAll()
    this.#filter()
    this.#selected = -1
    this.#details.replaceChildren(`The line ${node}:${number} is not on this page: it was omitted.`)
    const next = this.lines.findIndex((line) => line.node === node && line.number > number)
    const row = next < 0 ? this.#rows.length : this.#rowAtLeast(next)
    const gap = this.#rows.findLastIndex(
      (each, i) => i <= row && 'omitted' in each && `, ${each.omitted.text}`.includes(`, ${node} `),
    )
    this.#list.activate(Math.max(0, gap))
  }

  #filter(): void {
    const before = this.#rows[this.#list.active]
    this.#rows = this.#passing()
    const active = before !== undefined && 'line' in before ? this.#rowAtLeast(before.line) : -1
    this.#list.setCount(this.#rows.length, active)
    if (active >= 0) this.#list.center(active)
    this.#search(false)
  }

  /** What passes the filters: of what is omitted, nobody knows whether the search would find it. */
  #passing(): readonly Row[] {
    const rows = rowsOf(this.lines, this.#log, { nodes: this.#tools.nodes(), levels: this.#tools.levels() })
    const pattern = this.#pattern()
    if (!this.#tools.isOnlyMatches() || 'error' in pattern || pattern.find === null) return rows
    return findRows(rows, this.lines, pattern.find).map((position) => rows[position] as Row)
  }

  #pattern(): Pattern {
    const { text, isRegex } = this.#tools.query()
    return patternOf(text, isRegex)
  }

  #queryChanged(): void {
    if (this.#tools.isOnlyMatches()) this.#filter()
    this.#search(true)
  }

  /** @param goes whether the first match from the active row on is shown */
  #search(goes: boolean): void {
    const pattern = this.#pattern()
    this.#find = 'find' in pattern ? pattern.find : null
    this.#found = this.#find === null ? [] : findRows(this.#rows, this.lines, this.#find)
    this.#tools.say('error' in pattern ? pattern.error : '')
    this.#sayFound()
    if (goes && this.#found.length > 0 && !this.#found.includes(this.#list.active)) this.#step(1)
    this.#list.redraw()
  }

  #sayFound(): void {
    if (this.#find === null) return
    const at = this.#found.indexOf(this.#list.active)
    const total = this.#found.length.toLocaleString('en')
    const isPart = this.#tools.isOnlyMatches() && this.#log.gaps.length > 0
    const left = isPart ? '; lines that the page omits are not searched' : ''
    this.#tools.say(`${at < 0 ? `${total} found` : `${(at + 1).toLocaleString('en')} of ${total}`}${left}`)
  }

  /** To the next match after the active row, or the one before it, around the end. */
  #step(direction: 1 | -1): void {
    const { active } = this.#list
    const next =
      direction === 1
        ? (this.#found.find((position) => position > active) ?? this.#found[0])
        : (this.#found.findLast((position) => position < active) ?? this.#found.at(-1))
    if (next === undefined) return
    this.#list.activate(next)
    this.#sayFound()
  }

  #choose(position: number): void {
    const row = this.#rows[position]
    if (row === undefined || 'omitted' in row) return
    const line = this.lines[row.line] as ShownLine
    this.select(line.node, line.number)
    location.hash = addressOf('line', nameOfLine(line))
  }

  #showDetails(line: ShownLine): void {
    this.#details.replaceChildren(
      element('p', {}, [linkTo('line', nameOfLine(line), nameOfLine(line)), `: ${timeInWords(line)}`]),
      element('pre', { dir: 'ltr' }, [line.text]),
    )
  }

  #draw(position: number): HTMLElement {
    const row = this.#rows[position] as Row
    const index = 'line' in row ? row.line : -1
    const state: RowState = {
      id: `log-row-${position}`,
      position,
      count: this.#rows.length,
      isActive: position === this.#list.active,
      isSelected: index >= 0 && index === this.#selected,
      isNear:
        this.#shownMs !== null &&
        index >= 0 &&
        Math.abs((this.#places[index] as number) - this.#shownMs) <= this.#windowMs,
      find: this.#find,
    }
    return 'line' in row
      ? lineElement(this.lines[row.line] as ShownLine, state)
      : omissionElement(row.omitted, state)
  }
}

export const mountLogs = (into: HTMLElement, log: PageLog, options: LogsOptions = {}): LogsView => {
  const logs = new Logs(log, options)
  into.append(logs.element)
  return logs
}
