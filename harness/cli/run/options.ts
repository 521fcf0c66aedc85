/** Parses `k=v,k=v` according to declared options: types, choices, durations. Rejects unknown names. */
import type { OptionSpec, OptionSpecs, OptionsOf, OptionValue } from '../../api/options.ts'
import { UserError } from '../../support/assert.ts'
import { parseDurationMs } from '../../support/time.ts'
import { unknownName } from '../unknown-name.ts'

const EXPECTED = {
  number: 'a number',
  share: 'a share from 0 to 1',
  duration: 'a duration such as 500ms or 90s',
} as const

const parseValue = (name: string, text: string, spec: OptionSpec): OptionValue => {
  if (spec.choices !== undefined && !spec.choices.includes(text)) {
    throw new UserError(`${name}=${text}: one of ${spec.choices.join(', ')} is expected.`)
  }
  if (spec.type === 'string') return text
  if (spec.type === 'boolean') {
    if (text === 'true' || text === 'false') return text === 'true'
    throw new UserError(`${name}=${text}: true or false is expected.`)
  }
  const number = spec.type === 'duration' ? parseDurationMs(text) : Number(text)
  const most = spec.type === 'share' ? 1 : Number.POSITIVE_INFINITY
  if (number === null || text === '' || !Number.isFinite(number) || number < 0 || number > most)
    throw new UserError(`${name}=${text}: ${EXPECTED[spec.type]} is expected.`)
  return number
}

const defaultEntries = (specs: OptionSpecs): readonly (readonly [string, OptionValue])[] =>
  Object.entries(specs).map(([name, spec]) => [name, spec.default])

export const defaultsOf = <Specs extends OptionSpecs>(specs: Specs): OptionsOf<Specs> =>
  Object.fromEntries(defaultEntries(specs)) as OptionsOf<Specs>

/**
 * @param owner for messages, such as "target etcd"
 * @throws UserError for a name that is not declared, or a value that does not match its declaration
 */
export const parseOptions = <Specs extends OptionSpecs>(
  owner: string,
  text: string | undefined,
  specs: Specs,
): OptionsOf<Specs> => {
  const options = new Map(defaultEntries(specs))
  for (const pair of (text ?? '').split(',').filter(Boolean)) {
    const at = pair.indexOf('=')
    const name = at === -1 ? pair : pair.slice(0, at)
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined
    if (spec === undefined) throw unknownName(`option of ${owner}`, name, Object.keys(specs))
    if (at === -1) throw new UserError(`${owner}: ${name} needs a value: ${name}=...`)
    options.set(name, parseValue(name, pair.slice(at + 1), spec))
  }
  return Object.fromEntries(options) as OptionsOf<Specs>
}

/** `partition.interval=2s,kill.victims=all`: an option with a prefix is for that nemesis; one without is for all that have it. */
export const splitNemesisOptions = (
  text: string | undefined,
  names: readonly string[],
  specsOf: (name: string) => OptionSpecs,
): ReadonlyMap<string, string> => {
  const byName = new Map<string, string[]>(names.map((name) => [name, []]))
  for (const pair of (text ?? '').split(',').filter(Boolean)) {
    const dotted = /^([\w-]+)\.(.+)$/.exec(pair)
    const owners =
      dotted !== null
        ? [dotted[1] as string]
        : names.filter((name) => Object.hasOwn(specsOf(name), pair.split('=')[0] as string))
    if (owners.length === 0)
      throw unknownName(
        'nemesis option',
        pair.split('=')[0] as string,
        names.flatMap((name) => Object.keys(specsOf(name))),
      )
    for (const owner of owners) {
      const list = byName.get(owner)
      if (list === undefined) throw unknownName('nemesis in this run', owner, names)
      list.push(dotted !== null ? (dotted[2] as string) : pair)
    }
  }
  return new Map([...byName].map(([name, list]) => [name, list.join(',')]))
}
