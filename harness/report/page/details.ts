/** The details of what is selected. A line of a log is told with the logs. */
import { showEffect } from './details/effect.ts'
import type { Shown } from './details/facts.ts'
import { showFault } from './details/fault.ts'
import { showMoment, showSample, showTerm } from './details/nodes.ts'
import { showOperation } from './details/operation.ts'
import type { Model } from './model.ts'
import type { Selected } from './state.ts'

/** @returns null if there is no such thing on the page */
export const detailsOf = (model: Model, { kind, name }: Selected): Shown | null => {
  switch (kind) {
    case 'op':
      return showOperation(model, name)
    case 'fault':
      return showFault(model, name)
    case 'effect':
      return showEffect(model, name)
    case 'sample':
      return showSample(model, name)
    case 'term':
      return showTerm(model, name)
    case 'at':
      return showMoment(model, name)
    case 'line':
      return null
  }
}
