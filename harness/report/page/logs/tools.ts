/** Search and filters above the list of log lines. */
import { LEVELS, type Level } from '../../logs/levels.ts'
import { element } from '../dom.ts'
import { onTyping } from '../typing.ts'

export interface Tools {
  readonly element: HTMLElement
  /** What is searched for. */
  query(): { readonly text: string; readonly isRegex: boolean }
  nodes(): ReadonlySet<string>
  levels(): ReadonlySet<Level>
  /** Whether only lines are shown in which the search finds something. */
  isOnlyMatches(): boolean
  /** Shows how many were found, or what is wrong with the pattern. */
  say(text: string): void
  /** Lets all nodes and levels through, and lines in which the search finds nothing. */
  showAll(): void
}

interface ToolsOptions {
  readonly nodes: readonly string[]
  readonly filterChanged: () => void
  readonly queryChanged: () => void
  /** 1: the next match, -1: the one before. */
  readonly step: (direction: 1 | -1) => void
}

const checkbox = (checked: boolean): HTMLInputElement => {
  const box = element('input', { type: 'checkbox' }, []) as HTMLInputElement
  box.checked = checked
  return box
}

interface Choice<T extends string> {
  readonly element: HTMLElement
  chosen(): ReadonlySet<T>
  chooseAll(): void
}

const choice = <T extends string>(
  legend: string,
  values: readonly T[],
  changed: () => void,
  nameOf: (value: T) => string,
): Choice<T> => {
  const boxes = values.map((value) => ({ value, box: checkbox(true) }))
  for (const { box } of boxes) box.addEventListener('change', changed)
  return {
    element: element('fieldset', {}, [
      element('legend', {}, [legend]),
      ...boxes.map(({ value, box }) => element('label', {}, [box, nameOf(value)])),
    ]),
    chosen: () => new Set(boxes.filter(({ box }) => box.checked).map(({ value }) => value)),
    chooseAll: () => {
      for (const { box } of boxes) box.checked = true
    },
  }
}

const button = (text: string, label: string, clicked: () => void): HTMLElement => {
  const made = element('button', { type: 'button', 'aria-label': label, title: label }, [text])
  made.addEventListener('click', clicked)
  return made
}

export const makeTools = ({ nodes, filterChanged, queryChanged, step }: ToolsOptions): Tools => {
  const search = element(
    'input',
    { type: 'search', 'aria-label': 'search in the logs', placeholder: 'search', spellcheck: 'false' },
    [],
  ) as HTMLInputElement
  const regex = checkbox(false)
  const only = checkbox(false)
  const said = element('span', { role: 'status', class: 'log-found' }, [])
  const nodeChoice = choice('nodes', nodes, filterChanged, (node) => node)
  const levelChoice = choice('levels', LEVELS, filterChanged, (level) =>
    level === 'none' ? 'not said' : level,
  )
  onTyping(search, queryChanged)
  search.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') step(event.shiftKey ? -1 : 1)
  })
  regex.addEventListener('change', queryChanged)
  only.addEventListener('change', filterChanged)
  return {
    element: element('div', { class: 'tools log-tools' }, [
      search,
      element('label', {}, [regex, 'regular expression']),
      element('label', {}, [only, 'only matches']),
      button('\u2191', 'previous match', () => step(-1)),
      button('\u2193', 'next match', () => step(1)),
      said,
      nodeChoice.element,
      levelChoice.element,
    ]),
    query: () => ({ text: search.value, isRegex: regex.checked }),
    nodes: nodeChoice.chosen,
    levels: levelChoice.chosen,
    isOnlyMatches: () => only.checked,
    say: (text) => said.replaceChildren(text),
    showAll: () => {
      nodeChoice.chooseAll()
      levelChoice.chooseAll()
      only.checked = false
    },
  }
}
