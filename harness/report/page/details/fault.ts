/** The details of a fault. */
import type { PageFault } from '../../faults.ts'
import { element } from '../dom.ts'
import type { EvidenceLink } from '../evidence-index.ts'
import { faultLaneId } from '../lanes/faults.ts'
import type { Model } from '../model.ts'
import { recoveryId, sidesId } from '../sections.ts'
import { shortTime } from '../times.ts'
import { evidenceFact, type Fact, list, type Shown, separated } from './facts.ts'

/** The rows of the page's tables that tell what followed from it. */
const rowLinks = ({ data: { verdict } }: Model, id: string): readonly EvidenceLink[] => [
  ...(verdict.impact?.recoveries.some(({ fault }) => fault === id)
    ? [{ href: `#${recoveryId(id)}`, text: 'unavailability and recovery' }]
    : []),
  ...(verdict.impact?.sides?.some(({ fault }) => fault === id)
    ? [{ href: `#${sidesId(id)}`, text: 'what each side did' }]
    : []),
]

const factsOf = (model: Model, fault: PageFault): readonly Fact[] => {
  const { id, kind, victims, planned, summary, effective, plannedStartMs, plannedEndMs, inForce } = fault
  const rows = rowLinks(model, id).map(({ href, text }) => element('a', { href }, [text]))
  return [
    ['kind', [kind]],
    ['victims', [victims.join(', ') || 'none']],
    ['as planned', [`${planned}; from ${shortTime(plannedStartMs)} to ${shortTime(plannedEndMs)}`]],
    [
      'in force',
      [inForce === null ? 'never' : `from ${shortTime(inForce.startMs)} to ${shortTime(inForce.endMs)}`],
    ],
    [effective ? 'as measured' : 'no effect, because', [summary]],
    ...(rows.length === 0 ? [] : [['what followed', separated(rows)] as const]),
    evidenceFact(model.evidence.of({ kind: 'fault', id })),
  ]
}

export const showFault = (model: Model, name: string): Shown | null => {
  const fault = model.data.faults.find(({ id }) => id === name)
  if (fault === undefined) return null
  const { inForce, plannedStartMs, plannedEndMs } = fault
  return {
    heading: `Fault ${fault.id}`,
    content: list(factsOf(model, fault)),
    span: { fromMs: inForce?.startMs ?? plannedStartMs, toMs: inForce?.endMs ?? plannedEndMs },
    laneId: faultLaneId(fault.label),
  }
}
