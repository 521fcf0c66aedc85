/** The top of the page: what happened, in a sentence and step by step, and how to run it again. */
import type { Step, Steps } from '../../findings/steps.ts'
import { visible } from '../../support/visible.ts'
import type { ReportData } from '../data.ts'
import { linkTo } from './address.ts'
import { element } from './dom.ts'

/** The command, and a button that copies it. */
const again = ({ again: command }: ReportData): readonly HTMLElement[] => {
  if (command === null) return []
  const button = element('button', { type: 'button', id: 'copy' }, ['copy the command that runs this again'])
  const code = element('code', { id: 'again' }, [visible(command)])
  button.addEventListener('click', () => {
    const select = (): void => getSelection()?.selectAllChildren(code)
    // A page from a disk may not use the clipboard: then the command is selected, and a key copies it.
    if (navigator.clipboard === undefined) return select()
    navigator.clipboard.writeText(command).then(() => {
      button.textContent = 'copied'
    }, select)
  })
  return [element('p', { class: 'again' }, [button, ' ', code])]
}

export const header = (data: ReportData): HTMLElement => {
  const { verdict, title, subtitle, headline } = data
  const story = headline.includes(verdict.summary) ? headline : `${headline} ${verdict.summary}`
  return element('header', { class: verdict.status }, [
    element('h1', {}, [
      element('span', { class: 'status', id: 'status' }, [verdict.status]),
      ' ',
      element('span', { class: 'title' }, [`${title}${subtitle === '' ? '' : ` · ${subtitle}`}`]),
    ]),
    element('p', { id: 'story' }, [visible(story)]),
    ...again(data),
  ])
}

const timeOf = ({ timeNs }: Step): string => `${(timeNs / 1e9).toFixed(3)} s`

const linkOf = (step: Step): HTMLElement => {
  const { text } = step
  if ('fault' in step) return linkTo('fault', step.fault, text)
  if ('operation' in step) return linkTo('op', step.operation, text)
  return linkTo('at', step.timeNs / 1e6, text)
}

const stepItem = (step: Step, isTimed: boolean): HTMLElement => {
  const isUnexplained = step.kind === 'complete' && step.isUnexplained === true
  return element('li', { class: `step ${step.kind}${isUnexplained ? ' unexplained' : ''}` }, [
    ...(isTimed ? [element('span', { class: 'time' }, [timeOf(step)])] : []),
    element('bdi', {}, [linkOf(step)]),
  ])
}

const omittedText = ({ omittedOperations, omittedFaults }: Steps): string =>
  [
    omittedOperations === 0 ? '' : `${omittedOperations} more operations`,
    omittedFaults === 0 ? '' : `${omittedFaults} earlier faults in force`,
  ]
    .filter(Boolean)
    .join(', ')

const base64 = (text: string): string =>
  btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''))

/** What broke the promise, with the faults that were in force. */
export const steps = ({ steps: found, picture }: ReportData): readonly HTMLElement[] => {
  if (found === null) return []
  const omitted = omittedText(found)
  return [
    element('section', { id: 'steps' }, [
      element('h2', {}, ['Step by step']),
      ...(picture === null
        ? []
        : [
            element('img', {
              src: `data:image/svg+xml;base64,${base64(picture)}`,
              alt: 'The operations of the evidence over time, with the faults in force. The list below says the same.',
            }),
          ]),
      element(
        'ol',
        {},
        found.steps.map((step) => stepItem(step, found.isTimed)),
      ),
      ...(omitted === '' ? [] : [element('p', { class: 'view-note' }, [`Left out: ${omitted}.`])]),
    ]),
  ]
}

export const counts = ({ verdict: { counts: c, faults }, endMs }: ReportData): HTMLElement => {
  const card = (value: number | string, label: string): HTMLElement =>
    element('div', {}, [element('b', {}, [String(value)]), element('span', {}, [label])])
  return element('div', { class: 'counts' }, [
    card(c.ok, 'ok'),
    card(c.fail, 'fail: never happened'),
    card(c.info, 'info: may have happened'),
    card(`${faults.effective} of ${faults.planned}`, 'faults effective'),
    card(`${(endMs / 1000).toFixed(1)} s`, 'duration'),
  ])
}
