/** The page: the answer, the evidence, the timeline, and what else a reader needs. */
import type { ReportData } from '../data.ts'
import type { PageLog } from '../logs/page-log.ts'
import { counts, header, steps } from './answer.ts'
import { element } from './dom.ts'
import { evidence, marked } from './evidence.ts'
import { History } from './history.ts'
import { type LogsView, mountLogs } from './logs.ts'
import { type Model, modelOf, samplesOfNode } from './model.ts'
import {
  coverage,
  endings,
  errors,
  faults,
  lies,
  notes,
  recovery,
  run,
  type Section,
  setbacks,
  sides,
  verdicts,
} from './sections.ts'
import { drawSpaceTime } from './space-time.ts'
import { unpack } from './unpack.ts'
import type { Names } from './views/names.ts'
import { Workbench } from './workbench.ts'

const shown = (sections: readonly Section[]): readonly HTMLElement[] =>
  sections.map(({ title, content }) => element('section', {}, [element('h2', {}, [title]), ...content]))

const json = async <T>(id: string): Promise<T | null> => {
  const bytes = await unpack(id)
  return bytes.length === 0 ? null : (JSON.parse(new TextDecoder().decode(bytes)) as T)
}

const messages = ({ windows }: ReportData): readonly Section[] =>
  windows.map((window) => ({
    title: `Messages: ${window.title}`,
    content: [element('div', { class: 'panel' }, [drawSpaceTime(window)])],
  }))

/** The parts of the page that need the texts of operations. */
const fill = (holder: HTMLElement, model: Model): void => {
  const { data, history } = model
  const names: Names = {
    operation: (index) => {
      const place = history.placeOf(index)
      return place === null
        ? `operation ${index}, which the page does not hold`
        : `${history.label(place)} (process ${history.process(place)})`
    },
    invocation: (index) => {
      const place = history.placeOf(index)
      return place === null ? index : (history.index[place] as number)
    },
    sample: (node, timeMs) => samplesOfNode(model, node)?.by(timeMs)?.number ?? null,
  }
  holder.append(
    ...evidence(data, names, 'invalid', 'unknown'),
    ...shown([
      ...messages(data),
      ...verdicts(data),
      ...setbacks(data),
      ...endings(data),
      ...errors(data),
      ...faults(data),
      ...lies(data),
      ...recovery(data),
      ...sides(data),
      ...coverage(data),
    ]),
    ...evidence(data, names, 'valid'),
    ...shown([...notes(data), ...run(data)]),
  )
}

const mountLog = async (into: HTMLElement): Promise<LogsView | null> => {
  const log = await json<PageLog>('log')
  if (log === null) return null
  into.append(element('h2', { id: 'logs-title' }, ['Logs of the nodes']))
  return mountLogs(into, log)
}

/** The browser looked for the element that the address names before this page had made it. */
const goToAnchor = (): void => {
  if (!location.hash.includes('=')) document.getElementById(location.hash.slice(1))?.scrollIntoView()
}

const show = async (page: HTMLElement): Promise<void> => {
  const data = await json<ReportData>('data')
  if (data === null) throw new Error('it holds no data')
  const bench = element('section', { 'aria-labelledby': 'timeline-title' }, [
    element('h2', { id: 'timeline-title' }, ['Timeline']),
  ])
  const logs = element('section', { id: 'logs' })
  const rest = element('div', { id: 'rest' })
  page.append(header(data), ...steps(data), counts(data), bench, logs, rest)
  const history = await History.read(data.operations)
  const model = modelOf(data, history)
  const workbench = new Workbench(bench, model, marked(data))
  document.body.dataset.drawn = 'true'
  await history.readRest()
  fill(rest, model)
  goToAnchor()
  workbench.isWhole(await mountLog(logs))
  document.body.dataset.loaded = 'true'
}

const page = document.getElementById('page')
if (page !== null)
  show(page).catch((error: unknown) => {
    page.append(
      element('p', { role: 'alert' }, [
        `This page could not be drawn: ${error instanceof Error ? error.message : String(error)}`,
      ]),
    )
  })
