/**
 * The page: verdict and explanation at the top, then the counterexample, the timeline, the plots, and everything else.
 */
import type { ReportData } from '../data.ts'
import { element, table } from './dom.ts'
import { drawPlots } from './plots.ts'
import { mountTimeline } from './timeline.ts'

/** What was assumed, or not judged. */
const notes = ({ verdict }: ReportData): readonly HTMLElement[] =>
  verdict.notes.length === 0
    ? []
    : [
        element(
          'ul',
          { id: 'notes' },
          verdict.notes.map((note) => element('li', {}, [note])),
        ),
      ]

const header = (data: ReportData): HTMLElement =>
  element('header', { class: data.verdict.status }, [
    element('span', { class: 'status', id: 'status' }, [data.verdict.status]),
    element('span', { class: 'title' }, [
      `${data.title}${data.subtitle === '' ? '' : ` · ${data.subtitle}`}`,
    ]),
    element('p', { id: 'story' }, [data.verdict.summary]),
    ...notes(data),
  ])

const counts = (data: ReportData): HTMLElement => {
  const card = (value: number | string, label: string): HTMLElement =>
    element('div', {}, [element('b', {}, [String(value)]), element('span', {}, [label])])
  const { counts: c, faults } = data.verdict
  return element('div', { class: 'counts' }, [
    card(c.ok, 'ok'),
    card(c.fail, 'fail: never happened'),
    card(c.info, 'info: may have happened'),
    card(`${faults.effective} of ${faults.planned}`, 'faults effective'),
    card(`${(data.endMs / 1000).toFixed(1)} s`, 'duration'),
  ])
}

const evidence = (data: ReportData): readonly HTMLElement[] =>
  data.verdict.verdicts.flatMap((verdict) =>
    verdict.evidence.flatMap(({ title, text, page }) => [
      element('h2', {}, [`Counterexample: ${title}`]),
      ...(page === undefined
        ? []
        : [
            element('p', {}, [
              element('a', { href: page.file }, ['all operations on it, with the longest partial order']),
            ]),
          ]),
      element('div', { class: 'panel' }, [element('pre', { class: 'evidence' }, [text])]),
    ]),
  )

const verdicts = (data: ReportData): HTMLElement =>
  table(
    ['checker', 'verdict', 'findings', 'what was promised, and by whom'],
    data.verdict.verdicts.map((verdict) => [
      verdict.checker,
      { class: verdict.status, text: verdict.status },
      verdict.summary,
      verdict.promise.text === '' ? '' : `${verdict.promise.text} (${verdict.promise.source})`,
    ]),
  )

const faults = (data: ReportData): HTMLElement =>
  table(
    ['fault', 'from', 'to', 'victims', 'as planned', 'as measured'],
    data.faults.map((fault) => [
      fault.id,
      `${(fault.startMs / 1000).toFixed(2)} s`,
      `${(fault.endMs / 1000).toFixed(2)} s`,
      fault.victims.join(', '),
      fault.planned,
      fault.effective ? fault.summary : { class: 'no-effect', text: `no effect: ${fault.summary}` },
    ]),
  )

const seconds = (ms: number | null): string => (ms === null ? 'not seen' : `${(ms / 1000).toFixed(2)} s`)

const recoveries = ({ verdict: { impact } }: ReportData): HTMLElement =>
  table(
    [
      'after the heal of',
      'kind',
      'first ok',
      'all nodes ready',
      'rate back',
      'longest without an ok (of its kind)',
    ],
    (impact?.recoveries ?? []).map(({ fault, kind, firstOkMs, readyMs, rateBackMs }) => [
      fault,
      kind,
      seconds(firstOkMs),
      seconds(readyMs),
      seconds(rateBackMs),
      seconds(impact?.longestUnavailabilityMs[kind] ?? null),
    ]),
  )

const ACTIVITIES = ['steady', 'election', 'recovery', 'snapshot', 'membership change', 'unknown'] as const

const coverage = ({ verdict: { impact } }: ReportData): HTMLElement =>
  table(
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

/** Nothing if there were none. */
const errors = ({ verdict: { errors: groups = [] } }: ReportData): readonly HTMLElement[] =>
  groups.length === 0
    ? []
    : [
        element('h2', {}, ['Errors, by message']),
        table(
          ['count', 'of', 'nodes', 'message'],
          groups.map(({ count, source, nodes, message }) => [
            String(count),
            source,
            nodes.join(', '),
            message,
          ]),
        ),
      ]

/** Nothing if no process ended by itself. */
const endings = ({ endings: all }: ReportData): readonly HTMLElement[] =>
  all.length === 0
    ? []
    : [
        element('h2', {}, ['Processes that ended by themselves']),
        table(
          ['at', 'node', 'process', 'exit', 'last words'],
          all.map(({ timeNs, node, process, exit, lastWords }) => [
            seconds(timeNs / 1e6),
            node,
            process,
            exit,
            lastWords,
          ]),
        ),
      ]

/** Nothing if there were no faults. */
const impact = (data: ReportData): readonly HTMLElement[] => {
  // Verdicts of older versions have no impact.
  if ((data.verdict.impact ?? null) === null) return []
  return [
    element('h2', {}, ['Recovery']),
    recoveries(data),
    element('h2', {}, ['Coverage: operations by fault and by what the cluster was doing']),
    coverage(data),
  ]
}

const show = (data: ReportData): void => {
  const page = document.getElementById('page')
  if (page === null) return
  const timeline = element('div', { class: 'panel' }, [])
  const plots = element('div', { class: 'panel' }, [])
  page.append(
    header(data),
    counts(data),
    ...evidence(data),
    element('h2', {}, ['Timeline']),
    timeline,
    element('h2', {}, ['Throughput and latency']),
    plots,
    element('h2', {}, ['Verdicts']),
    verdicts(data),
    element('h2', {}, ['Faults']),
    faults(data),
    ...endings(data),
    ...errors(data),
    ...impact(data),
    element('h2', {}, ['Run']),
    table(
      [],
      data.facts.map(([name, value]) => [name, value]),
    ),
    element('details', {}, [
      element('summary', {}, ['RunSpec']),
      element('pre', {}, [JSON.stringify(data.spec, null, 2)]),
    ]),
  )
  mountTimeline(timeline, data)
  drawPlots(plots, data)
}

show(JSON.parse(document.getElementById('data')?.textContent ?? '{}') as ReportData)
