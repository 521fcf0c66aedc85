/** Incidents: outages that are known by name, as plans of the faults that existing nemeses make. */
import type { PlanContext, PlannedFault, RecordedFault } from './nemesis.ts'
import type { Rng } from './random.ts'

/** What an incident's plan may depend on. Nothing else: the same seed, cluster and time limit give the same plan. */
export type IncidentContext = Omit<PlanContext, 'windows' | 'hasDisks'>

/** A fault of an incident. Its id, its fault model and how the report shows it follow from its nemesis. */
export type IncidentFault = Omit<RecordedFault, 'id' | 'model'>

/** The plan of an incident with its faults completed by their nemeses. */
export type IncidentPlan = (rng: Rng, context: IncidentContext) => readonly PlannedFault[]

/** What happened in public. */
export interface Happened {
  readonly year: number
  /** To whom, and what, in one or two sentences. */
  readonly what: string
  /** Where it is told. */
  readonly link: string
}

export interface Incident {
  readonly name: string
  /** What goes wrong, as one clause. */
  readonly description: string
  /** Absent: it did not happen in public. */
  readonly happened?: Happened
  /** What it does to a cluster, in one or two sentences. */
  readonly effect: string
  /** What a cluster that cannot cope breaks, in one sentence. */
  readonly endangers: string
  /** With fewer nodes it cannot be made. */
  readonly leastNodes: number
  /** Why it cannot be made on this cluster, and what to do, as a clause; null: it can. Absent: it can be made on any. */
  lacks?(context: IncidentContext): string | null
  /** Pure. Each fault ends within the time limit. Empty: the time limit is too short. */
  plan(rng: Rng, context: IncidentContext): readonly IncidentFault[]
}
