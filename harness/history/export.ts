/**
 * A history as Knossos, Elle and Jepsen read it: EDN maps, one a line. A vocabulary that they know is written their way,
 * any other as our own values.
 */
import type { Edn } from '../api/edn.ts'
import type { Operation, Sequence } from '../api/history.ts'
import type { Vocabulary } from '../api/vocabulary.ts'
import { ednOf, keyword } from '../vocabularies/edn.ts'
import { printEdn } from './edn.ts'

const NEMESIS = keyword('nemesis')

const line = (operation: Operation, vocabulary: Vocabulary): string => {
  const { index, timeNs, process, node, error } = operation
  const isNemesis = process === 'nemesis'
  const printed = isNemesis ? null : (vocabulary.edn?.print?.(operation) ?? null)
  const fields = new Map<Edn, Edn>([
    [keyword('index'), index],
    [keyword('time'), timeNs],
    [keyword('type'), keyword(printed?.type ?? operation.type)],
    [keyword('process'), isNemesis ? NEMESIS : process],
    [keyword('f'), keyword(printed?.f ?? operation.f)],
    [keyword('value'), printed === null ? ednOf(operation.value) : printed.value],
  ])
  if (error !== undefined) fields.set(keyword('error'), error)
  if (node !== undefined) fields.set(keyword('node'), node)
  return `${printEdn(fields)}\n`
}

/**
 * A compare-and-set that did not match becomes `:fail`, since Knossos has no word for that: the observation is lost, and
 * nothing false is said. Read again in the dialect `etcd`, it is one once more.
 */
export const encodeEdn = (history: Sequence<Operation>, vocabulary: Vocabulary): string =>
  history.map((operation) => line(operation, vocabulary)).join('')
