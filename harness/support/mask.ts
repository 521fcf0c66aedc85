/** Messages of errors without what differs each time, so that equal errors can be counted together. */

const MOST_CHARACTERS = 200

const MASKS: readonly (readonly [RegExp, string])[] = [
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, '<address>'],
  [/\[[0-9a-f:]*:[0-9a-f:]+\](?::\d+)?/gi, '<address>'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<id>'],
  [/\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b/gi, '<id>'],
  [/\d+/g, '#'],
]

/** On one line, with addresses, identifiers and numbers masked. */
export const maskMessage = (text: string): string =>
  MASKS.reduce(
    (masked, [pattern, by]) => masked.replace(pattern, by),
    text.replace(/\s+/g, ' ').trim(),
  ).slice(0, MOST_CHARACTERS)

/** A limit that a user can set: `500 ms`, `15.0 s`, `2 min 0 s`. */
const DURATION = /\d+(?:\.\d+)? (?:min(?: \d+ s)?|ms|s)\b/g

/** A promise with its limits masked: the same promise with another limit is the same text. */
export const maskPromise = (text: string): string => text.replace(DURATION, '<duration>').replace(/\d+/g, '#')
