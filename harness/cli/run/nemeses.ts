/** The nemeses of a run with their options: by name, all that are usable here, or those of a recorded plan. */
import { nemeses } from '../../../nemeses/index.ts'
import type { Claims, FaultModel } from '../../api/claims.ts'
import type { PlannedFault, RecordedFault } from '../../api/nemesis.ts'
import type { RunSpec } from '../../api/record.ts'
import { UserError } from '../../support/assert.ts'
import { mostTolerated } from '../../support/tolerance.ts'
import { parseOptions, splitNemesisOptions } from './options.ts'
import { findNemesis } from './registries.ts'
import type { RunSettings } from './settings.ts'
import { missingFor, type Place } from './support.ts'

type Flags = Pick<RunSettings, 'nemesis' | 'nemesisOpts'>

export interface Chosen {
  readonly nemeses: RunSpec['nemeses']
  /** Which nemeses were left out and why, one sentence each. */
  readonly notes: readonly string[]
}

/** Nemeses by name, with their options. @throws UserError */
export const withOptions = (text: string | undefined, names: readonly string[]): RunSpec['nemeses'] => {
  const options = splitNemesisOptions(text, names, (name) => findNemesis(name).options)
  return names.map((name) => ({
    name,
    options: parseOptions(`nemesis ${name}`, options.get(name), findNemesis(name).options),
  }))
}

const allPossible = (text: string | undefined, place: Place): Chosen => {
  const judged = withOptions(text, Object.keys(nemeses)).map((each) => ({
    each,
    missing: missingFor(place, each.name, each.options),
  }))
  return {
    nemeses: judged.filter(({ missing }) => missing.length === 0).map(({ each }) => each),
    notes: judged
      .filter(({ missing }) => missing.length > 0)
      .map(({ each, missing }) => `${each.name} is left out: ${missing.join('; ')}.`),
  }
}

/** `all` chooses every nemesis that is usable here, and notes which ones are not. */
export const chooseNemeses = ({ nemesis, nemesisOpts }: Flags, place: Place): Chosen => {
  const asked = (nemesis ?? '').split(',').filter((name) => name !== '' && name !== 'none')
  const twice = asked.find((name, at) => asked.indexOf(name) !== at)
  if (twice !== undefined) throw new UserError(`--nemesis names ${twice} twice.`)
  if (!asked.includes('all')) return { nemeses: withOptions(nemesisOpts, asked), notes: [] }
  if (asked.length > 1)
    throw new UserError('--nemesis all already includes every nemesis: name no other beside it.')
  return allPossible(nemesisOpts, place)
}

/** The nemeses of a recorded plan. Options still count, because the plan does not contain how disks are created. */
export const chooseRecorded = ({ nemesis, nemesisOpts }: Flags, faults: readonly RecordedFault[]): Chosen => {
  if (nemesis !== undefined)
    throw new UserError('The recorded plan of --faults already determines the nemeses: omit --nemesis.')
  const names = [...new Set(faults.map((fault) => fault.nemesis))]
  return { nemeses: withOptions(nemesisOpts, names), notes: [] }
}

type ChosenNemesis = RunSpec['nemeses'][number]

/** What remains of a nemesis that nobody asked for by name, and why not all of it. */
interface Narrowed {
  readonly nemesis: ChosenNemesis | null
  readonly note: string | null
}

/** The modes of faults that it has, unless somebody asked for some. */
const modesOf = ({ name, options }: ChosenNemesis): readonly string[] | 'asked for' => {
  const byDefault = findNemesis(name).options.modes?.default
  if (byDefault !== options.modes) return 'asked for'
  return typeof byDefault === 'string' ? byDefault.split('+') : []
}

type Plan = (nemesis: ChosenNemesis) => readonly PlannedFault[]

/** Null: it cannot be used. */
const planIfUsable = (nemesis: ChosenNemesis, plan: Plan): readonly PlannedFault[] | null => {
  try {
    return plan(nemesis)
  } catch (error) {
    if (error instanceof UserError) return null
    throw error
  }
}

const withinClaims = (nemesis: ChosenNemesis, target: string, claims: Claims, plan: Plan): Narrowed => {
  const { name, options } = nemesis
  const ofAll = modelsBeyond(plan(nemesis), claims)
  const modes = modesOf(nemesis)
  const mustBeClaimed = findNemesis(name).onlyIfClaimed ?? Object.keys(claims.tolerates).length > 0
  if (modes === 'asked for' || !mustBeClaimed) return { nemesis, note: null }
  const inModes = (some: readonly string[]): ChosenNemesis => ({
    name,
    options: { ...options, modes: some.join('+') },
  })
  // A mode that cannot be used does nothing.
  const judged = modes.map((mode) => ({
    mode,
    beyond: modelsBeyond(planIfUsable(inModes([mode]), plan) ?? [], claims),
  }))
  const beyond = [...new Set([...ofAll, ...judged.flatMap((each) => each.beyond)])]
  if (beyond.length === 0) return { nemesis, note: null }
  const why = `left out: ${target} does not claim to tolerate ${beyond.join(', ')}.`
  const kept = judged.flatMap((each) => (each.beyond.length === 0 ? [each.mode] : []))
  const left = modes.filter((mode) => !kept.includes(mode)).join(', ')
  const narrowed = inModes(kept)
  if (kept.length === 0 || planIfUsable(narrowed, plan) === null)
    return { nemesis: null, note: `${name} is ${why}` }
  return {
    nemesis: narrowed,
    note: `${name} is used without ${left}, which are ${why}`,
  }
}

/**
 * Leaves out what cannot be planned in this cluster, and what the claims do not tolerate: a broken promise would not be held
 * against the cluster then. If nothing is claimed to be tolerated, nothing is left out for that.
 *
 * @param plan throws a UserError if the nemesis cannot be used
 */
export const narrow = (nemesis: ChosenNemesis, target: string, claims: Claims, plan: Plan): Narrowed => {
  try {
    return withinClaims(nemesis, target, claims, plan)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { nemesis: null, note: `${nemesis.name} is left out: ${error.message}` }
  }
}

/** Without what it tolerates at no node: a minority of one or two nodes is none. */
export const toleratedWith = (claims: Claims, nodes: number): Claims => {
  const tolerates = Object.entries(claims.tolerates).filter(([, at]) => mostTolerated(at, nodes) > 0)
  return { ...claims, tolerates: Object.fromEntries(tolerates) }
}

/** The models of the planned faults that the claims do not tolerate. */
export const modelsBeyond = (faults: readonly PlannedFault[], { tolerates }: Claims): readonly FaultModel[] =>
  // In the same order whatever the seed has planned first.
  [...new Set(faults.map(({ model }) => model).filter((model) => tolerates[model] === undefined))].toSorted()
