/**
 * The frame of every nemesis: options of the schedule, a plan of faults one after another, intents that are checked where
 * they are read back, and a heal that happens once. A nemesis adds its own options, what a fault intends, and how it is made.
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
import { planSequence, type ScheduleSpecs, scheduleOptions } from './schedule.ts'

/** A fault that has been made. */
export interface FaultInForce<M extends Measurements = Measurements> {
  /** The nodes or services it hit. */
  readonly victims: readonly { readonly name: string }[]
  measure(): Promise<Effect<M>>
  /** Called once. Undoes the fault and returns what it did in all. */
  heal(): Promise<Effect<M>>
}

/** Measures for the last time, then undoes, whatever came of the measuring. */
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
 * What is particular to a nemesis.
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
    | 'settle'
  > {
  /** Defaults of the options every nemesis has. */
  readonly intervalMs: number
  readonly durationMs: number
  readonly options: Specs
  /** Every intent is one of these; recorded plans are checked by it. */
  readonly intent: z.ZodType<I>
  readonly model: FaultModel | ((intent: NoInfer<I>) => FaultModel)
  /** Which of its faults an intent is, such as `leader` for a partition. */
  kindOf(intent: NoInfer<I>): string
  /** The nodes that an intent names. Absent: none. */
  nodesNamed?(intent: NoInfer<I>): readonly string[]
  /**
   * Checks the options once, and returns what draws the intents, called once a fault, in order.
   *
   * @throws UserError for options that do not fit the cluster.
   */
  plan(planning: Planning<ScheduleSpecs & Specs>): (rng: Rng, ordinal: number) => NoInfer<I>
  inject(context: NemesisContext, intent: NoInfer<I>, fault: PlannedFault): Promise<FaultInForce<M>>
}

/** @throws UserError that names the fault and the field. */
const readIntent = <I>(schema: z.ZodType<I>, { id, nemesis, intent }: RecordedFault): I => {
  const read = schema.safeParse(intent)
  if (read.success) return read.data
  const [issue] = read.error.issues
  const field = ['intent', ...(issue?.path ?? [])].join('.')
  throw new UserError(
    `The planned fault ${id} is none that ${nemesis} can make: ${field}: ${issue?.message ?? 'not understood'}.`,
  )
}

/** A fault in force whose heal happens once, however often and from wherever it is asked for. */
const healedOnce = (id: string, { victims, measure, heal }: FaultInForce): ActiveFault => {
  let healed: Promise<Effect> | null = null
  return {
    id,
    victims: victims.map(({ name }) => name),
    measure,
    heal: () => {
      healed ??= heal()
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
    ...rest
  } = particulars
  const { name, label, colour } = rest
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
      const schedule = options as OptionsOf<ScheduleSpecs>
      return planSequence(rng, schedule, context.timeLimitNs, draw).map(({ atNs, durationNs, intent }, i) =>
        completed(
          {
            id: `${name}-${i + 1}`,
            nemesis: name,
            atNs,
            durationNs,
            model: typeof model === 'function' ? model(intent) : model,
            intent,
          },
          intent,
        ),
      )
    },
    recall: (fault) => completed(fault, readIntent(schema, fault)),
    nodesNamed: (fault) => nodesNamed?.(readIntent(schema, fault)) ?? [],
    inject: async (context, fault) =>
      healedOnce(fault.id, await inject(context, readIntent(schema, fault), fault)),
  }
}
