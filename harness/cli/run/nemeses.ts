/** The nemeses a run asks for, each with its options: by name, all that can be used here, or those of a recorded plan. */
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
  /** What was left out and why, a sentence each. */
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

/** `all`: whatever can be used here; what cannot is said. */
export const chooseNemeses = ({ nemesis, nemesisOpts }: Flags, place: Place): Chosen => {
  const asked = (nemesis ?? '').split(',').filter((name) => name !== '' && name !== 'none')
  const twice = asked.find((name, at) => asked.indexOf(name) !== at)
  if (twice !== undefined) throw new UserError(`--nemesis names ${twice} twice.`)
  if (!asked.includes('all')) return { nemeses: withOptions(nemesisOpts, asked), notes: [] }
  if (asked.length > 1) throw new UserError('--nemesis all leaves nothing to be named beside it.')
  return allPossible(nemesisOpts, place)
}

/** The nemeses of a recorded plan. What they do is in it; how a disk is made is not, so options are heard. */
export const chooseRecorded = ({ nemesis, nemesisOpts }: Flags, faults: readonly RecordedFault[]): Chosen => {
  if (nemesis !== undefined) throw new UserError('--faults names its nemeses itself: leave --nemesis out.')
  const names = [...new Set(faults.map((fault) => fault.nemesis))]
  return { nemeses: withOptions(nemesisOpts, names), notes: [] }
}

/** Models of planned faults that the claims do not tolerate at all. */
export const modelsBeyond = (
  faults: readonly PlannedFault[],
  { tolerates }: Claims,
): readonly FaultModel[] => [
  ...new Set(faults.map(({ model }) => model).filter((model) => tolerates[model] === undefined)),
]
