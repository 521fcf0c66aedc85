/** One row of the list of log lines, as an element. Texts of logs are inserted as text only. */
import type { Level } from '../../logs/levels.ts'
import type { ShownLine } from '../../logs/page-log.ts'
import { element } from '../dom.ts'
import { doubtOf, signOf } from './doubt.ts'
import { type Omission, type Part, partsOf } from './rows.ts'

/** A letter besides the colour, for readers who do not see colours. */
const LETTERS: Readonly<Record<Level, string>> = {
  fatal: 'F',
  error: 'E',
  warn: 'W',
  info: 'I',
  debug: 'D',
  none: '\u00b7',
}

export interface RowState {
  readonly id: string
  readonly position: number
  readonly count: number
  readonly isActive: boolean
  readonly isSelected: boolean
  /** Within the window around the time that is shown. */
  readonly isNear: boolean
  readonly find: RegExp | null
}

/** `12.345678` s, or a remark if it has no time. */
export const timeText = (placeMs: number | null): string =>
  placeMs === null ? 'no time' : (placeMs / 1000).toFixed(6)

const partElement = ({ text, kind }: Part): HTMLElement | string => {
  if (kind === 'text') return text
  return kind === 'match' ? element('mark', {}, [text]) : element('span', { class: 'raw' }, [text])
}

const frame = (
  state: RowState,
  classes: readonly string[],
  children: readonly (Node | string)[],
): HTMLElement =>
  element(
    'div',
    {
      id: state.id,
      role: 'option',
      class: ['log-row', ...classes, ...(state.isActive ? ['active'] : [])].join(' '),
      'aria-selected': String(state.isSelected),
      'aria-posinset': String(state.position + 1),
      'aria-setsize': String(state.count),
      'data-position': String(state.position),
    },
    children,
  )

export const lineElement = (line: ShownLine, state: RowState): HTMLElement =>
  frame(
    state,
    [
      `level-${line.level}`,
      ...(state.isNear ? ['near'] : []),
      ...(line.raw === null ? ['belongs'] : []),
      ...(line.isUnsure ? ['unsure'] : []),
    ],
    [
      element('span', { class: 'at', title: doubtOf(line) ?? '' }, [
        `${signOf(line)}${timeText(line.placeMs)}`,
      ]),
      element('span', { class: 'node' }, [line.node]),
      element('span', { class: 'level', title: line.level }, [LETTERS[line.level]]),
      element('span', { class: 'text', dir: 'ltr' }, partsOf(line, state.find).map(partElement)),
    ],
  )

export const omissionElement = ({ count, text }: Omission, state: RowState): HTMLElement =>
  frame(
    state,
    ['omission'],
    [`${count.toLocaleString('en')} ${count === 1 ? 'line' : 'lines'} omitted here (${text})`],
  )
