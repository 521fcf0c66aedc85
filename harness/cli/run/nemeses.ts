/** The nemeses of a run with their options: by name, all that are usable here, or those of a recorded plan. */
import { nemeses } from '../../../nemeses/index.ts'
import type { Claims, FaultModel } from '../../api/claims.ts'
import type { PlannedFault, RecordedFault } from '../../api/nemesis.ts'
import type { RunSpec } from '../../api/record.ts'
import { UserError } from '../../support/assert.ts'
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

const withOptions = (text: string | undefined, names: readonly string[]): RunSpec['nemeses'] => {
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

/** The models of the planned faults that the claims do not tolerate. */
export const modelsBeyond = (
  faults: readonly PlannedFault[],
  { tolerates }: Claims,
): readonly FaultModel[] => [
  ...new Set(faults.map(({ model }) => model).filter((model) => tolerates[model] === undefined)),
]
