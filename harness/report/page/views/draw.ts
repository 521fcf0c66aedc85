/** Evidence as a part of the page. */
import type { EvidenceView } from '../../../api/verdict.ts'
import { drawCycle } from './cycle.ts'
import { drawLinearization } from './linearization.ts'
import type { Describe } from './operations.ts'
import { drawTable } from './table.ts'

/** @param describe an operation in words; each such text becomes a link to the operation's address */
export const drawView = (view: EvidenceView, describe: Describe): HTMLElement => {
  switch (view.kind) {
    case 'linearization':
      return drawLinearization(view, describe)
    case 'cycle':
      return drawCycle(view, describe)
    case 'table':
      return drawTable(view, describe)
  }
}
