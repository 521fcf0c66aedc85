/** Rows of the page's tables whose text repeats itself: it is told once, with all whose text it is. */
import type { Ending } from '../../api/record.ts'
import { readStamp, recogniseFormats } from '../logs/recognise.ts'

/** In the order of their first ones. */
export const grouped = <T>(
  all: readonly T[],
  textOf: (each: T) => string,
): readonly (readonly [T, ...T[]])[] =>
  [...Map.groupBy(all, textOf).values()].map((own) => own as [T, ...T[]])

/** The last line without its time: lines before it may be of an earlier process. */
export const lastSaid = ({ lastWords }: Pick<Ending, 'lastWords'>): string => {
  const line = lastWords.trimEnd().split('\n').at(-1) ?? ''
  const time = readStamp(recogniseFormats([line]), line)?.time
  return time === undefined ? line : `${line.slice(0, time.from)}${line.slice(time.to)}`.trim()
}
