/**
 * A filter of operations, as a reader writes it: words that an operation must all match. `key:5`, `process:3`, `node:n1`,
 * `outcome:info`, `call:read`; any other word is looked for in the operation's text.
 */
import type { History } from './history.ts'

type Test = (place: number) => boolean

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
    default: {
      const isFound = history.containing(word)
      return (place) => isFound[place] === 1
    }
  }
}

export interface Matches {
  /** For each operation 1 if it passes. */
  readonly passes: Uint8Array
  readonly count: number
}

/** Null: the filter is empty, and all operations pass. @param history which has been read to its end */
export const matchesOf = (history: History, text: string): Matches | null => {
  const words = text.split(/\s+/).filter(Boolean)
  if (words.length === 0) return null
  const tests = words.map((word) => testOf(history, word))
  const passes = new Uint8Array(history.count)
  let count = 0
  for (let place = 0; place < history.count; place++) {
    if (!tests.every((test) => test(place))) continue
    passes[place] = 1
    count++
  }
  return { passes, count }
}
