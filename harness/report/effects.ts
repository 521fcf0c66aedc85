/** What the outside world saw: the lines that services kept, at their times in the run, and the operations that caused them. */
import type { Pair, Sequence } from '../api/history.ts'
import type { Identity, Vocabulary } from '../api/vocabulary.ts'
import { clip } from '../support/visible.ts'

export interface PageEffect {
  readonly service: string
  /** Its number in the log of the service. Null: the line tells of no effect, such as that the service started. */
  readonly number: number | null
  readonly atMs: number
  /** `done`, or why it was refused. */
  readonly outcome: string
  /** Two with the same key are the same effect twice. Null: none. */
  readonly key: string | null
  /** Position in `causes`; -1: no operation asked for it, or it is not known which. */
  readonly cause: number
  readonly text: string
}

export interface PageEffects {
  /** In order of time. */
  readonly effects: readonly PageEffect[]
  /** Groups of operations that caused the same effects: indices of their invocations. */
  readonly causes: readonly (readonly number[])[]
}

type Line = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Line => typeof value === 'object' && value !== null

/** A line may be a megabyte long, and nobody reads that on a page. */
const MAX_TEXT = 2000

const textOf = (line: Line): string =>
  clip(
    Object.entries(line)
      .filter(([name]) => name !== 'clockMs' && name !== 'seq')
      .map(([name, value]) => `${name} ${isObject(value) ? JSON.stringify(value) : value}`)
      .join(', '),
    MAX_TEXT,
  )

/** The indices of the invocations by what they cause. */
const causesOf = (
  pairs: Sequence<Pair>,
  vocabulary: Vocabulary,
): ReadonlyMap<Identity, readonly number[]> => {
  const causes = new Map<Identity, number[]>()
  for (const { invocation, completion } of pairs) {
    const call = vocabulary.calls[invocation.f]
    if (call?.causes === undefined || !call.value.safeParse(invocation.value).success) continue
    const answer = completion?.type === 'ok' ? call.ok.safeParse(completion.value) : null
    for (const cause of call.causes(invocation.value, answer?.success === true ? answer.data : null)) {
      const own = causes.get(cause)
      if (own === undefined) causes.set(cause, [invocation.index])
      else own.push(invocation.index)
    }
  }
  return causes
}

/**
 * Lines without a time are left out.
 *
 * @param zeroMs the wall clock at time zero of the run, in ms since the epoch
 */
export const effectsOf = (
  services: Readonly<Record<string, Sequence<unknown>>>,
  zeroMs: number,
  pairs: Sequence<Pair>,
  vocabulary: Vocabulary | null,
): PageEffects => {
  const lines = Object.entries(services).flatMap(([service, all]) =>
    all.flatMap((line) =>
      isObject(line) && typeof line.clockMs === 'number' ? [{ service, line, clockMs: line.clockMs }] : [],
    ),
  )
  const known = vocabulary?.effect === undefined || lines.length === 0 ? null : causesOf(pairs, vocabulary)
  // Those that are the cause of some effect.
  const causes = new Map<Identity, { readonly place: number; readonly operations: readonly number[] }>()
  const placeOf = (cause: Identity): number => {
    const operations = known?.get(cause)
    if (operations === undefined) return -1
    const { place } = causes.get(cause) ?? { place: causes.size }
    causes.set(cause, { place, operations })
    return place
  }
  const effects = lines.map(({ service, line, clockMs }): PageEffect => {
    const effect = vocabulary?.effect?.(line) ?? null
    return {
      service,
      number: effect?.number ?? null,
      atMs: clockMs - zeroMs,
      outcome: typeof line.refused === 'string' ? clip(line.refused, MAX_TEXT) : 'done',
      key: effect?.key ?? null,
      cause: effect === null ? -1 : placeOf(effect.cause),
      text: textOf(line),
    }
  })
  return {
    effects: effects.sort((a, b) => a.atMs - b.atMs),
    causes: [...causes.values()].map(({ operations }) => operations),
  }
}
