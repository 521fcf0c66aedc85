/**
 * A set cut down to the elements whose adds lie in a window, and the reads that began in it. An element is judged by its own
 * adds and by the reads, so it is enough that fewer reads show less:
 *
 * - a read that lacks an element after it was known lacks it in the whole, where it was known as early, or earlier by a read that
 *   is left out. Whether it is lost or stale, the verdict says: without some reads, what is stale looks lost;
 * - forgotten, skipped and duplicated elements concern one or two reads, which are the same in the whole;
 * - what nobody added was added neither in the window nor before.
 *
 * A read that began before the window is left out with all that it says. An element that was added before is not looked at any
 * more: if it is lost later, the verdict says so.
 */
import type { Operation } from '../../harness/api/history.ts'
import type { SlidingWindow } from '../../harness/api/verdict.ts'
import { inText, type Scalar } from '../../harness/vocabularies/values.ts'
import { type Parts, PartsWindow } from '../parts-window.ts'
import { elementsIn } from './set-reads.ts'

const elementOf = ({ value }: Operation): Scalar => (value as { readonly element: Scalar }).element

const ELEMENTS: Parts = {
  asked: (invocation) => (invocation.f === 'add' ? [inText(elementOf(invocation))] : []),
  only: (operation, isKept) => {
    const { f, type } = operation
    if (f === 'add') return type !== 'invoke' || isKept(inText(elementOf(operation))) ? operation : null
    if (type !== 'ok') return operation
    return { ...operation, value: { elements: elementsIn(operation).filter((each) => isKept(inText(each))) } }
  },
}

export const setWindow = (): SlidingWindow => new PartsWindow(ELEMENTS)
