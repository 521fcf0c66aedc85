/** The tables of the page: verdicts, faults, lies, recovery, coverage, sides, errors, processes that ended. */
import type { Ending } from '../../api/record.ts'
import { visible } from '../../support/visible.ts'
import type { ReportData } from '../data.ts'
import type { PageFault } from '../faults.ts'
import { linkTo } from './address.ts'
import { type Cell, element, table } from './dom.ts'
import { grouped, lastSaid } from './repeated.ts'
import { setbackText } from './setbacks.ts'
import { shortTime } from './times.ts'

export interface Section {
  readonly title: string
  readonly content: readonly HTMLElement[]
}

const seconds = (ms: number | null): string => (ms === null ? 'not seen' : `${(ms / 1000).toFixed(2)}\u00a0s`)

const section = (title: string, head: readonly string[], rows: readonly (readonly Cell[])[]): Section[] =>
  rows.length === 0 ? [] : [{ title, content: [table(head, rows)] }]

export const verdicts = ({ verdict }: ReportData): Section[] =>
  section(
    'What was judged',
    ['checker', 'verdict', 'findings', 'what was promised, and by whom'],
    verdict.verdicts.map(({ checker, status, summary, promise }) => [
      checker,
      { class: status, text: status },
      summary,
      promise.text === '' ? '' : `${promise.text} (${promise.source})`,
    ]),
  )

const MOST_SETBACKS = 200

/** What nodes said of their terms and logs, and took back. */
export const setbacks = ({ setbacks: all }: ReportData): Section[] => {
  if (all.length === 0) return []
  const samples = grouped(all, ({ node, number }) => `${number} ${node}`)
  const left = samples.length - MOST_SETBACKS
  const rows = samples.slice(0, MOST_SETBACKS).map((same): readonly Cell[] => {
    const [{ atMs, node, beforeMs, isAfterSilence }] = same
    return [
      linkTo('at', atMs, shortTime(atMs)),
      node,
      { class: 'setback', text: same.map(setbackText).join(', ') },
      linkTo('at', beforeMs, shortTime(beforeMs)),
      isAfterSilence ? 'no answer: it may have been restarted' : 'it answered all the time',
    ]
  })
  return [
    {
      title: 'What went back',
      content: [
        element('p', { class: 'view-note' }, [
          'A term and a snapshot never go back while a node keeps its disk. What is committed and applied may go back when a node restarts and learns it again, but then it must come back.',
        ]),
        table(['seen at', 'node', 'what', 'the higher one last at', 'in between'], rows, 'What went back'),
        ...(left > 0 ? [element('p', { class: 'view-note' }, [`Not listed: ${left} more.`])] : []),
      ],
    },
  ]
}

/** One below the other. */
const lines = (texts: readonly (string | HTMLElement)[]): HTMLElement =>
  element(
    'span',
    {},
    texts.map((text) => element('div', {}, [typeof text === 'string' ? visible(text) : text])),
  )

const folded = (summary: string, content: HTMLElement): HTMLElement =>
  element('details', {}, [element('summary', {}, [summary]), content])

/** What was measured, and behind it what the planner had chosen. */
const effectCell = (all: readonly [PageFault, ...PageFault[]]): HTMLElement => {
  const [{ effective, summary }] = all
  const count = all.length === 1 ? '' : ` (${all.length} times)`
  const plans = all.map(({ id, planned }) => `${all.length === 1 ? '' : `${id}: `}${planned}`)
  return element('span', effective ? {} : { class: 'no-effect' }, [
    visible(`${effective ? '' : 'no effect: '}${summary}${count}`),
    folded('as planned', lines(plans)),
  ])
}

export const faults = ({ faults: all }: ReportData): Section[] =>
  section(
    'Faults',
    ['fault', 'from', 'to', 'victims', 'as measured'],
    grouped(all, ({ kind, effective, summary }) => JSON.stringify([kind, effective, summary])).map((same) => [
      lines(same.map(({ id }) => linkTo('fault', id, id))),
      lines(same.map(({ inForce }) => (inForce === null ? '' : seconds(inForce.startMs)))),
      lines(same.map(({ inForce }) => (inForce === null ? '' : seconds(inForce.endMs)))),
      lines(same.map(({ victims }) => victims.join(', '))),
      effectCell(same),
    ]),
  )

/** What traitors said instead of what, and to whom. */
export const lies = ({ faults: all }: ReportData): Section[] =>
  section(
    'Lies',
    ['fault', 'traitor', 'to', 'lie', 'kind', 'times', 'from', 'to', 'the first time'],
    all.flatMap(({ id, lies: told }) =>
      told.map(({ by, to, lie, kind, count, fromMs, toMs, what }) => [
        linkTo('fault', id, id),
        by,
        to,
        lie,
        kind,
        String(count),
        seconds(fromMs),
        seconds(toMs),
        visible(what),
      ]),
    ),
  )

/** The ids of the rows about a fault. */
export const recoveryId = (fault: string): string => `recovery-${fault}`
export const sidesId = (fault: string): string => `sides-${fault}`

const rowHead = (id: string, fault: string): HTMLElement =>
  element('span', { id }, [linkTo('fault', fault, fault)])

export const recovery = ({ verdict: { impact } }: ReportData): Section[] =>
  section(
    'Unavailability and recovery, by fault',
    [
      'after the heal of',
      'kind',
      'first ok',
      'all nodes ready',
      'rate back',
      'longest time without an ok (of its kind)',
    ],
    (impact?.recoveries ?? []).map(({ fault, kind, firstOkMs, readyMs, rateBackMs }) => [
      rowHead(recoveryId(fault), fault),
      kind,
      seconds(firstOkMs),
      seconds(readyMs),
      seconds(rateBackMs),
      seconds(impact?.longestUnavailabilityMs[kind] ?? null),
    ]),
  )

const ACTIVITIES = ['steady', 'election', 'recovery', 'snapshot', 'membership change', 'unknown'] as const

export const coverage = ({ verdict: { impact } }: ReportData): Section[] =>
  section(
    'Coverage: operations by fault and by what the cluster was doing',
    ['kind of fault', ...ACTIVITIES],
    Object.entries(impact?.coverage ?? {}).map(([kind, row]) => [
      kind,
      ...ACTIVITIES.map((activity) =>
        Object.entries(row[activity] ?? {})
          .map(([f, count]) => `${f} ${count}`)
          .join(', '),
      ),
    ]),
  )

export const sides = ({ verdict: { impact } }: ReportData): Section[] =>
  section(
    'What each side of each partition did',
    ['fault', 'side', 'behaviour', 'reads', 'stale', 'writes', 'refused', 'no answer'],
    (impact?.sides ?? []).flatMap(({ fault, sides: all }) =>
      all.map(({ nodes, isMajority, behaviour, reads, stale, writes, refused, hung }, side) => [
        // An id stands once on a page.
        side === 0 ? rowHead(sidesId(fault), fault) : linkTo('fault', fault, fault),
        `${nodes.join(', ')} (${isMajority ? 'majority' : 'minority'})`,
        behaviour,
        ...[reads, stale, writes, refused, hung].map(String),
      ]),
    ),
  )

export const errors = ({ verdict: { errors: groups = [] } }: ReportData): Section[] =>
  section(
    'Errors, by message',
    ['count', 'of', 'nodes', 'message'],
    groups.map(({ count, source, nodes, message }) => [String(count), source, nodes.join(', '), message]),
  )

const OPEN_TIMES = 3

/** When, and on which nodes. */
const timesCell = (all: readonly Ending[]): HTMLElement => {
  const links = all.map(({ node, timeNs }) =>
    linkTo('at', timeNs / 1e6, `${node} at ${seconds(timeNs / 1e6)}`),
  )
  const rest = links.slice(OPEN_TIMES)
  if (rest.length === 0) return lines(links)
  return lines([...links.slice(0, OPEN_TIMES), folded(`${rest.length} more`, lines(rest))])
}

export const endings = ({ endings: all }: ReportData): Section[] =>
  section(
    'Processes that ended by themselves',
    ['at', 'count', 'process', 'exit', 'last words'],
    grouped(all, (each) => JSON.stringify([each.process, each.exit, lastSaid(each)])).map((same) => {
      const [{ process, exit, lastWords }] = same
      return [timesCell(same), String(same.length), process, exit, { class: 'log', text: lastWords }]
    }),
  )

/** What was assumed, left out or not judged. */
export const notes = ({ verdict, leftOut }: ReportData): Section[] => {
  const all = [...verdict.notes, ...leftOut]
  return all.length === 0
    ? []
    : [
        {
          title: 'What was assumed, left out or not judged',
          content: [
            element(
              'ul',
              { id: 'notes' },
              all.map((note) => element('li', {}, [note])),
            ),
          ],
        },
      ]
}

export const run = ({ facts, spec }: ReportData): Section[] => [
  {
    title: 'The run',
    content: [
      table([], facts, 'Facts of the run'),
      element('details', {}, [
        element('summary', {}, ['everything that it was started with']),
        element('pre', {}, [JSON.stringify(spec, null, 2)]),
      ]),
    ],
  },
]
