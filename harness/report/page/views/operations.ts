/** How views name operations. */
import { visible } from '../../../support/visible.ts'
import { linkTo } from '../address.ts'
import { element } from '../dom.ts'

/** An operation in words, by the index of its invocation: the page knows the calls and their answers. */
export type Describe = (operation: number) => string

/** Text that may come from the cluster: whatever direction its characters have, those around it keep theirs. */
export const quoted = (text: string): HTMLElement => element('bdi', {}, [visible(text)])

export const operationLink = (operation: number, describe: Describe): HTMLElement =>
  element('bdi', {}, [linkTo('op', operation, visible(describe(operation)))])

/** `1 more row`, `2 more rows`. */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`
