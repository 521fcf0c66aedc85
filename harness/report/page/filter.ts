/**
 * A filter of operations, as a reader writes it: words that an operation must all match. `key:5`, `process:3`, `node:n1`,
 * `outcome:info`, `call:read`; any other word is looked for in the operation's text.
 */
import type { History } from './history.ts'

type Test = (place: number) => boolean

const textTest = (history: History, word: string): Test => {
  const wanted = word.toLowerCase()
  return (place) =>
    `${history.call(place)} ${history.value(place)} ${history.answer(place)} ${history.error(place)} ${history.meta(place)}`
      .toLowerCase()
      .includes(wanted)
}

const testOf = (history: History, word: string): Test => {
  const [, field, wanted = ''] = /^(key|process|node|outcome|call):(.+)$/.exec(word) ?? []
  switch (field) {
    case 'key':
      return (place) => history.object(place) === wanted
    case 'process':
      return (place) => String(history.process(place)) === wanted
    case 'node':
      return (place) => history.node(place) === wanted || history.served(place) === wanted
    case 'outcome':
      return (place) => history.outcome(place) === wanted
    case 'call':
      return (place) => history.call(place) === wanted
    default:
      return textTest(history, word)
  }
}

/** Null: the filter is empty, and all operations pass. */
export const filterOf = (history: History, text: string): Test | null => {
  const tests = text
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => testOf(history, word))
  return tests.length === 0 ? null : (place) => tests.every((test) => test(place))
}
