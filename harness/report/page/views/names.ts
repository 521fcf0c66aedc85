/** How views name what they are about, as links to it. */
import type { Subject } from '../../../api/verdict.ts'
import { visible } from '../../../support/visible.ts'
import { linkTo, numbered } from '../address.ts'
import { element } from '../dom.ts'
import { shortTime } from '../times.ts'

export interface Names {
  /** An operation in words, by the index of its invocation: the page knows the calls and their answers. */
  operation(index: number): string
  /** The index of the invocation of an operation, by that or by the index of its completion. */
  invocation(index: number): number
  /** The number of a node's sample that was taken at that time. Null: the page does not hold it. */
  sample(node: string, timeMs: number): number | null
}

/** Text that may come from the cluster: whatever direction its characters have, those around it keep theirs. */
export const quoted = (text: string): HTMLElement => element('bdi', {}, [visible(text)])

export const operationLink = (operation: number, names: Names): HTMLElement =>
  element('bdi', {}, [linkTo('op', operation, names.operation(operation))])

const subjectTarget = (subject: Subject, names: Names): HTMLElement => {
  switch (subject.kind) {
    case 'fault':
      return linkTo('fault', subject.id, subject.id)
    case 'effect': {
      const { service, number } = subject
      return linkTo('effect', numbered(service, number), `effect ${number} at ${service}`)
    }
    case 'sample': {
      const { node, timeNs } = subject
      const ms = timeNs / 1e6
      const number = names.sample(node, ms)
      const text = `${node} at ${shortTime(ms)}`
      return number === null ? linkTo('at', ms, text) : linkTo('sample', numbered(node, number), text)
    }
  }
}

export const subjectLink = (subject: Subject, names: Names): HTMLElement =>
  element('bdi', {}, [subjectTarget(subject, names)])

/** `1 more row`, `2 more rows`. */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`
