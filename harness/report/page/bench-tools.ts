/** What stands above the timeline: its buttons, the filter, and what the colours and shapes mean. */
import { element } from './dom.ts'
import { onTyping } from './typing.ts'

const swatch = (name: string, text: string, shape = ''): HTMLElement =>
  element('span', { class: `swatch ${shape} ${name}` }, [text])

export const legend = (): HTMLElement =>
  element('p', { class: 'legend' }, [
    swatch('ok', 'ok'),
    swatch('fail', 'fail: did not happen', 'low'),
    swatch('info', 'in doubt: may have happened', 'open'),
    swatch('leader', '\u2605 leader'),
    swatch('candidate', '? candidate'),
    swatch('follower', 'follower'),
    swatch('bad', '\u2715 no answer'),
    swatch('clock', 'clock is off'),
    swatch('setback', 'a term or an index went back', 'back'),
    swatch('effect', 'outside effect: low if refused', 'bar'),
    swatch('focus', '\u25bc evidence', 'frame'),
    swatch('bad', 'error in a log', 'bar'),
    swatch('info', 'warning', 'bar low'),
    swatch(
      'fg',
      'fault: line as planned, bar as measured, dashed without effect, a band while it had one',
      'none',
    ),
  ])

export interface BenchTools {
  readonly element: HTMLElement
  readonly filter: HTMLInputElement
  /** Says how many operations are shown. */
  tellCount(text: string): void
  /** Whether lanes have another order than the usual one. */
  showOrder(isMoved: boolean): void
}

interface BenchActions {
  /** Null: there is no evidence to show. */
  readonly showEvidence: (() => void) | null
  showAll(): void
  /** @param factor below 1 shows less */
  zoom(factor: number): void
  filterChanged(): void
  usualOrder(): void
}

const button = (id: string, text: string, act: () => void): HTMLElement => {
  const made = element('button', { id, type: 'button' }, [text])
  made.addEventListener('click', act)
  return made
}

export const makeBenchTools = (actions: BenchActions): BenchTools => {
  const filter = element('input', {
    id: 'filter',
    type: 'search',
    placeholder: 'key:5 process:3 node:n1 outcome:info call:read text "a phrase"',
    'aria-label': 'show only operations that match',
  }) as HTMLInputElement
  const count = element('span', { id: 'shown', role: 'status' }, [])
  const order = button('usual-order', 'lanes in their usual order', actions.usualOrder)
  onTyping(filter, actions.filterChanged)
  const zoomIn = button('zoom-in', '+', () => actions.zoom(0.5))
  const zoomOut = button('zoom-out', '\u2212', () => actions.zoom(2))
  zoomIn.setAttribute('aria-label', 'zoom in')
  zoomOut.setAttribute('aria-label', 'zoom out')
  return {
    element: element('div', { class: 'tools' }, [
      ...(actions.showEvidence === null
        ? []
        : [button('first-error', 'show the evidence', actions.showEvidence)]),
      button('show-all', 'whole run', actions.showAll),
      zoomIn,
      zoomOut,
      order,
      filter,
      count,
    ]),
    filter,
    tellCount: (text) => {
      count.textContent = text
    },
    showOrder: (isMoved) => {
      order.hidden = !isMoved
    },
  }
}
