/**
 * A filter of operations, as a reader writes it: words that an operation must all match. `key:5`, `process:3`, `node:n1`,
 * `outcome:info`, `call:read`; any other word, or a phrase such as `"the sink"`, is looked for in the operation's text.
 */
import type { History } from './history.ts'

type Test = (place: number) => boolean

/** A part of a filter. */
export interface Word {
  /** Null: it is looked for in the operation's text. */
  readonly field: 'key' | 'process' | 'node' | 'outcome' | 'call' | null
  readonly wanted: string
}

/**
 * A quote begins a phrase only at the beginning of a word or of a field's value, and ends it only before white space, so that
 * a part of an operation's JSON such as `"key":5` is a word. While a phrase is being typed it has no end yet.
 */
const WORD = /(?:(key|process|node|outcome|call):)?(?:"([^"]*)"(?=\s|$)|"([^"]*)$|(\S+))/g

export const wordsOf = (text: string): readonly Word[] =>
  [...text.matchAll(WORD)]
    .map(
      ([, field, phrase, begun, word]): Word => ({
        field: (field ?? null) as Word['field'],
        wanted: phrase ?? begun ?? word ?? '',
      }),
    )
    .filter(({ wanted }) => wanted.trim() !== '')

const testOf = (history: History, { field, wanted }: Word): Test => {
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
    case null: {
      const isFound = history.containing(wanted)
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
  const words = wordsOf(text)
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
