/** Evidence as a part of the page. */
import type { EvidenceView } from '../../../api/verdict.ts'
import { drawCycle } from './cycle.ts'
import { drawLinearization } from './linearization.ts'
import type { Names } from './names.ts'
import { drawTable } from './table.ts'

/** @param names what each link says */
export const drawView = (view: EvidenceView, names: Names): HTMLElement => {
  switch (view.kind) {
    case 'linearization':
      return drawLinearization(view, names)
    case 'cycle':
      return drawCycle(view, names)
    case 'table':
      return drawTable(view, names)
  }
}
