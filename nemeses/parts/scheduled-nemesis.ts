/**
 * The common part of all nemeses: options of the schedule, a plan of faults one after another, a check of intents that are
 * read back, and a heal that happens once. A nemesis adds its own options, the intent of a fault, and its injection.
 */
import type { z } from 'zod'
import type { FaultModel } from '../../harness/api/claims.ts'
import type {
  ActiveFault,
  Effect,
  Intent,
  Measurements,
  Nemesis,
  NemesisContext,
  PlanContext,
  PlannedFault,
  RecordedFault,
} from '../../harness/api/nemesis.ts'
import type { OptionSpecs, OptionsOf } from '../../harness/api/options.ts'
import type { Rng } from '../../harness/api/random.ts'
import { UserError } from '../../harness/support/assert.ts'
import {
  type DrawIntent,
  type Drawing,
  planSequence,
  type ScheduleSpecs,
  scheduleOptions,
} from './schedule.ts'

/** A fault that has been injected. */
export interface FaultInForce<M extends Measurements = Measurements> {
  /** The nodes or services it hit. */
  readonly victims: readonly { readonly name: string }[]
  measure(): Promise<Effect<M>>
  /** Called once. Undoes the fault and returns its total effect. */
  heal(): Promise<Effect<M>>
}

/** Measures for the last time, then undoes the fault even if the measurement failed. */
export const measureThenUndo = async <E>(
  measure: () => Promise<E>,
  undo: () => void | PromiseLike<void>,
): Promise<E> => {
  try {
    return await measure()
  } finally {
    await undo()
  }
}

interface Planning<Specs extends OptionSpecs> {
  readonly rng: Rng
  readonly options: OptionsOf<Specs>
  readonly context: PlanContext
}

/**
 * The parts that are specific to a nemesis.
 *
 * @typeParam Specs its own options
 * @typeParam I its intent
 * @typeParam M its measurements
 */
interface NemesisParticulars<Specs extends OptionSpecs, I extends Intent, M extends Measurements>
  extends Pick<
    Nemesis<ScheduleSpecs & Specs>,
    | 'name'
    | 'description'
    | 'label'
    | 'colour'
    | 'needs'
    | 'uses'
    | 'alsoNeeds'
    | 'needsOfTarget'
    | 'disks'
    | 'followsLeaders'
    | 'isMild'
    | 'slows'
    | 'stopsAll'
    | 'onlyIfClaimed'
    | 'isSlowToInject'
    | 'weight'
    | 'settle'
  > {
  /** Defaults of the options that every nemesis has. */
  readonly intervalMs: number
  readonly durationMs: number
  readonly options: Specs
  /** Schema of the intent; recorded plans are checked against it. */
  readonly intent: z.ZodType<I>
  readonly model: FaultModel | ((intent: NoInfer<I>) => FaultModel)
  /** The kind of fault that an intent describes, such as `leader` for a partition. */
  kindOf(intent: NoInfer<I>): string
  /** The nodes that an intent names. Absent: none. */
  nodesNamed?(intent: NoInfer<I>): readonly string[]
  /**
   * Checks the options once and returns a function that draws the intents. It is called once per fault, in order.
   *
   * @throws UserError for options that do not fit the cluster.
   */
  plan(planning: Planning<ScheduleSpecs & Specs>): DrawIntent<NoInfer<I>>
  /** Absent: none deposes a leader. */
  readonly deposes?: Drawing<NoInfer<I>>['deposes']
  /** Absent: none needs more time than others. */
  readonly needsTime?: Drawing<NoInfer<I>>['needsTime']
  /** Its heal starts nodes again. */
  readonly restarts?: true
  inject(context: NemesisContext, intent: NoInfer<I>, fault: PlannedFault): Promise<FaultInForce<M>>
}

/** @throws UserError that names the fault and the field. */
const readIntent = <I>(
  schema: z.ZodType<I>,
  { id, nemesis, intent }: Pick<RecordedFault, 'id' | 'nemesis' | 'intent'>,
): I => {
  const read = schema.safeParse(intent)
  if (read.success) return read.data
  const [issue] = read.error.issues
  const field = ['intent', ...(issue?.path ?? [])].join('.')
  throw new UserError(
    `The planned fault ${id} is not one that ${nemesis} can inject: ${field}: ${issue?.message ?? 'not understood'}.`,
  )
}

/** A fault in force whose heal succeeds only once, even if it is called several times. One that failed is tried again. */
const healedOnce = (id: string, { victims, measure, heal }: FaultInForce): ActiveFault => {
  let healed: Promise<Effect> | null = null
  return {
    id,
    victims: victims.map(({ name }) => name),
    measure,
    heal: () => {
      healed ??= heal().catch((error: unknown) => {
        healed = null
        throw error
      })
      return healed
    },
  }
}

export const scheduledNemesis = <const Specs extends OptionSpecs, I extends Intent, M extends Measurements>(
  particulars: NemesisParticulars<Specs, I, M>,
): Nemesis<ScheduleSpecs & Specs> => {
  const {
    intervalMs,
    durationMs,
    intent: schema,
    model,
    kindOf,
    nodesNamed,
    plan,
    inject,
    deposes = () => false,
    needsTime = () => false,
    restarts,
    ...rest
  } = particulars
  const { name, label, colour } = rest
  const modelOf = (intent: I): FaultModel => (typeof model === 'function' ? model(intent) : model)
  const completed = (fault: RecordedFault, intent: I): PlannedFault => ({
    ...fault,
    intent,
    kind: `${name}/${kindOf(intent)}`,
    label,
    colour,
  })
  return {
    ...rest,
    options: { ...scheduleOptions(intervalMs, durationMs), ...particulars.options },
    plan: (rng, options, context) => {
      const draw = plan({ rng, options, context })
      const drawing = { draw, needsTime, deposes }
      const schedule = options as OptionsOf<ScheduleSpecs>
      const times = restarts === undefined ? { ...context, startUpNs: 0 } : context
      return planSequence(rng, schedule, times, drawing).map((scheduled, i) => {
        const { intent } = scheduled
        const id = `${name}-${i + 1}`
        return completed({ id, nemesis: name, model: modelOf(intent), ...scheduled }, intent)
      })
    },
    recall: (fault) => {
      const intent = readIntent(schema, fault)
      return completed({ ...fault, model: fault.model ?? modelOf(intent) }, intent)
    },
    nodesNamed: (fault) => nodesNamed?.(readIntent(schema, fault)) ?? [],
    inject: async (context, fault) =>
      healedOnce(fault.id, await inject(context, readIntent(schema, fault), fault)),
  }
}
