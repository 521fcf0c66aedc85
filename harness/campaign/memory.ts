/** What a campaign remembers for the next one: since when findings are known, and which plans have failed. */
import type { Case } from './cases.ts'
import type { CaseResult, SeenFinding } from './result.ts'

/** Fingerprint -> when a campaign first saw it (ISO 8601). */
export type Known = Readonly<Record<string, string>>

/** A plan that has failed. */
export interface Remembered extends Pick<Case, 'name' | 'choice' | 'seed' | 'expected'> {
  /** The name of its folder. */
  readonly id: string
  readonly suite: string
  readonly fingerprints: readonly string[]
  /** How often it has passed since it last failed. */
  readonly passes: number
}

/** So often in a row a remembered plan must pass before it is dropped. */
export const PASSES = 5
/** Of one suite: the nightly run must not become nothing but repetitions. */
const MOST_REMEMBERED = 50

/** The findings of all runs, the new ones first. */
export const seenIn = (results: readonly CaseResult[], known: Known): readonly SeenFinding[] => {
  const all = results.flatMap(({ findings, runDir }) => findings.map((finding) => ({ ...finding, runDir })))
  return [...Map.groupBy(all, ({ fingerprint }) => fingerprint)]
    .map(([fingerprint, same]) => ({
      fingerprint,
      sentence: same[0]?.sentence ?? '',
      runs: same.flatMap(({ runDir }) => runDir ?? []),
      knownSince: known[fingerprint] ?? null,
    }))
    .sort((a, b) => Number(a.knownSince !== null) - Number(b.knownSince !== null))
}

/** @param now ISO 8601 */
export const knownAfter = (known: Known, seen: readonly SeenFinding[], now: string): Known => ({
  ...Object.fromEntries(seen.map(({ fingerprint }) => [fingerprint, now])),
  ...known,
})

/** What several memories know: since the earliest of their times. */
export const knownTogether = (memories: readonly Known[]): Known => {
  const all = memories.flatMap((known) => Object.entries(known))
  return Object.fromEntries(
    [...Map.groupBy(all, ([fingerprint]) => fingerprint)].map(([fingerprint, same]) => [
      fingerprint,
      same.map(([, since]) => since).toSorted()[0] as string,
    ]),
  )
}

/** The memory that a shard left. */
export interface ShardMemory {
  /** The folder of its results. */
  readonly from: string
  /** The remembered plans that this shard was to repeat: it alone has counted them. */
  readonly repeated: readonly string[]
  readonly entries: readonly Remembered[]
}

/** Every plan once, from the shard that repeated it. A plan that this shard has dropped is dropped. */
export const rememberedTogether = (
  memories: readonly ShardMemory[],
): readonly { readonly entry: Remembered; readonly from: string }[] => {
  const found = new Map<string, { readonly entry: Remembered; readonly from: string }>()
  for (const memory of memories)
    for (const entry of memory.entries) {
      const counting = memories.find(({ repeated }) => repeated.includes(entry.id))
      const isOurs = counting === undefined || counting === memory
      const key = JSON.stringify([entry.suite, entry.name, entry.fingerprints])
      if (isOurs && !found.has(key)) found.set(key, { entry, from: memory.from })
    }
  return [...found.values()]
}

/** The cases that repeat what has failed in this suite, which come first. @param planOf the file of its faults; null: none */
export const remindersOf = (
  remembered: readonly Remembered[],
  suite: string,
  planOf: (id: string) => string | null,
): readonly Case[] =>
  remembered
    .filter((each) => each.suite === suite)
    .map(({ id, name, choice, seed, expected }) => {
      const faults = planOf(id)
      const { nemesis, plan, incident, ...others } = choice
      return {
        name: `again ${id}: ${name}`,
        choice: faults === null ? choice : { ...others, faults },
        seed,
        expected,
        remembered: id,
      }
    })

const isToRemember = ({ outcome }: CaseResult): boolean =>
  outcome === 'violation' || outcome === 'not recovered'

/** Those of before after this campaign. */
const counted = (remembered: readonly Remembered[], results: readonly CaseResult[]): readonly Remembered[] =>
  remembered
    .map((each) => {
      const result = results.find((one) => one.remembered === each.id)
      if (result === undefined) return each
      if (isToRemember(result)) return { ...each, passes: 0 }
      // What proved nothing is no pass.
      return result.outcome === 'passed' ? { ...each, passes: each.passes + 1 } : each
    })
    .filter(({ passes }) => passes < PASSES)

const fingerprintsOf = ({ findings }: CaseResult): readonly string[] =>
  findings.map(({ fingerprint }) => fingerprint).sort()

/** A failing run whose plan is to be remembered, and what will be known of it. */
export interface ToRemember {
  readonly entry: Remembered
  readonly runDir: string
}

export interface Memory {
  readonly kept: readonly Remembered[]
  readonly added: readonly ToRemember[]
}

/**
 * One plan for each case and each set of findings: the first that showed it.
 * Settings that were drawn are remembered as drawn: the plan fits no other cluster.
 */
export const memoryAfter = (
  remembered: readonly Remembered[],
  suite: string,
  results: readonly CaseResult[],
): Memory => {
  const kept = counted(remembered, results)
  const keyOf = (name: string, fingerprints: readonly string[]): string =>
    JSON.stringify([name, fingerprints])
  const there = new Set(
    kept.filter((each) => each.suite === suite).map((each) => keyOf(each.name, each.fingerprints)),
  )
  const added: ToRemember[] = []
  for (const result of results) {
    const key = keyOf(result.name, fingerprintsOf(result))
    const isNew = isToRemember(result) && result.remembered === undefined && !there.has(key)
    if (!isNew || result.runDir === null) continue
    if (there.size >= MOST_REMEMBERED) break
    there.add(key)
    const { name, choice, seed, expected, runDir } = result
    const entry = {
      id: '',
      suite,
      name,
      choice,
      seed,
      expected,
      fingerprints: fingerprintsOf(result),
      passes: 0,
    }
    added.push({ entry, runDir })
  }
  return { kept, added }
}
