/** The steps of the evidence as lines: a time, a mark, and what happened. */
import type { Step, Steps } from '../../findings/steps.ts'
import { formatTimeNs } from '../../support/time.ts'

/** `->` asks, `<-` answers, `##` is a fault, `!!` a state that nodes told. */
const MARKS: Readonly<Record<Step['kind'], string>> = {
  invoke: '->',
  complete: '<-',
  'fault-begins': '##',
  'fault-ends': '##',
  shown: '!!',
}

const omittedLines = ({ omittedOperations, omittedFaults }: Steps): readonly string[] => [
  ...(omittedOperations === 0 ? [] : [`${omittedOperations} more operations of the evidence are not listed`]),
  ...(omittedFaults === 0 ? [] : [`${omittedFaults} earlier faults that were in force are not listed`]),
]

/** One line a step. Texts may contain line feeds and control characters of the cluster: escape them for the destination. */
export const stepLines = (found: Steps): readonly string[] => [
  ...found.steps.map(({ timeNs, kind, text }) => {
    const time = found.isTimed ? `${formatTimeNs(timeNs).padStart(10)}  ` : ''
    return `${time}${MARKS[kind]} ${text.replaceAll('\n', ' ')}`
  }),
  ...omittedLines(found),
]
