/** What a campaign never exercised, in sentences. */
import { callsIn, cellsOf, type Exercise } from './exercise.ts'
import type { CaseResult } from './result.ts'

/** What could have been exercised of one target. */
export interface Reach {
  readonly target: string
  /** Vocabularies that it speaks -> the bundled workloads that use them. */
  readonly workloads: Readonly<Record<string, readonly string[]>>
  /** Workloads that the campaign ran on it -> their vocabularies. */
  readonly used: Readonly<Record<string, string>>
}

const withoutEffect = (name: string, exercises: readonly Exercise[]): readonly string[] => {
  const kinds = [...cellsOf(exercises).keys()]
  const asked = new Set(exercises.flatMap(({ nemeses }) => nemeses))
  return [...asked]
    .filter((nemesis) => !kinds.some((kind) => kind.split('/')[0] === nemesis))
    .map((nemesis) => `${name}: no fault of ${nemesis} took effect in any run.`)
}

const neverServed = (name: string, exercises: readonly Exercise[]): readonly string[] => {
  const served = cellsOf(exercises)
  const calls = callsIn(served)
  const missing = [...served].map(([kind, counts]) => ({
    kind,
    calls: calls.filter((call) => (counts.get(call) ?? 0) === 0).join(' and no '),
  }))
  return [...Map.groupBy(missing, (each) => each.calls)]
    .filter(([none]) => none !== '')
    .map(
      ([none, kinds]) =>
        `${name}: no ${none} was acknowledged during ${kinds.map(({ kind }) => kind).join('; ')}.`,
    )
}

const unused = ({ target, workloads, used }: Reach): readonly string[] => {
  const spoken = new Set(Object.values(used))
  const others = Object.entries(workloads).filter(([vocabulary]) => !spoken.has(vocabulary))
  if (others.length === 0) return []
  const tried = others.map(([, names]) => names.join(', ')).join(', ')
  return [`${target} also answers the calls of these workloads, which no case used: ${tried}.`]
}

/** Cases of one name together, whatever their seeds. */
export const adviceOf = (results: readonly CaseResult[], reach: readonly Reach[]): readonly string[] => {
  const byName = Map.groupBy(results, ({ name }) => name)
  const ofRuns = [...byName].flatMap(([name, same]) => {
    const exercises = same.flatMap(({ exercise }) => exercise ?? [])
    return [...withoutEffect(name, exercises), ...neverServed(name, exercises)]
  })
  return [...ofRuns, ...reach.flatMap(unused)]
}
