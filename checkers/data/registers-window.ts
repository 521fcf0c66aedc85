/**
 * Registers that are judged together, cut down to those of which a window has every call. Causally consistent: an operation has
 * fewer causes in the cut, and each is one in the whole, so a value that a cause had replaced in the cut was replaced in the
 * whole. Sequentially consistent: an order of all operations, without those on other registers, is one of the cut.
 *
 * The whole may be too large to be decided, where the cut was not. It is broken all the same.
 */
import type { SlidingWindow } from '../../harness/api/verdict.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { objectsOf, PartsWindow } from '../parts-window.ts'

export const registersWindow = (): SlidingWindow => new PartsWindow(objectsOf(REGISTER))
