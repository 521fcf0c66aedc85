/** The details of an effect in the outside world. */
import type { PageEffect } from '../../effects.ts'
import { linkTo, numbered, parseNumbered } from '../address.ts'
import { element } from '../dom.ts'
import { effectLaneId } from '../lanes/effects.ts'
import type { Model } from '../model.ts'
import { exactTime } from '../times.ts'
import {
  code,
  evidenceFact,
  type Fact,
  faultFact,
  items,
  list,
  operationLink,
  overlapFact,
  type Shown,
} from './facts.ts'

const MAX_LISTED = 20

const causeFact = ({ history }: Model, operations: readonly number[]): Fact => {
  if (operations.length === 0)
    return ['caused by', ['no operation of this history, as far as it can be told']]
  const told = operations.map((index) => {
    const place = history.placeOf(index)
    const known =
      place === null ? `operation ${index}, which the page does not hold` : operationLink(history, place)
    return element('li', {}, [known])
  })
  return ['caused by', items(told, MAX_LISTED)]
}

/** The same effect at other times. */
const repeatFact = (all: readonly PageEffect[], own: PageEffect): Fact => {
  const same = all.filter(({ service, key }) => service === own.service && key === own.key)
  const done = same.filter(({ outcome }) => outcome === 'done').length
  const others = same
    .filter((each) => each !== own)
    .map(({ service, number, atMs, outcome }) =>
      element('li', {}, [
        linkTo('effect', numbered(service, number as number), `${service} #${number}`),
        ` at ${exactTime(atMs)}: ${outcome}`,
      ]),
    )
  const count = done === 1 ? 'once' : `${done} times`
  return [
    'under this key',
    [
      `done ${count}, asked for ${same.length} in all`,
      ...(others.length === 0 ? [] : items(others, MAX_LISTED)),
    ],
  ]
}

/** @param name `service:number` */
export const showEffect = (model: Model, name: string): Shown | null => {
  const wanted = parseNumbered(name)
  const { effects, causes } = model.data.effects
  const own = effects.find(({ service, number }) => service === wanted?.owner && number === wanted.number)
  if (own === undefined || own.number === null) return null
  const { service, number, key, atMs, outcome, text, cause } = own
  const { history, data, evidence } = model
  const operations = causes[cause] ?? []
  const places = new Set(operations.map((index) => history.placeOf(index)))
  return {
    heading: `Effect ${number} at ${service}: ${outcome === 'done' ? 'done' : `refused, ${outcome}`}`,
    content: list([
      ['key', [code(key ?? '')]],
      ['at', [`${exactTime(atMs)}, by the clock of ${service}`]],
      ['as logged', [code(text)]],
      causeFact(model, operations),
      repeatFact(effects, own),
      faultFact(data.faults, atMs, atMs),
      evidenceFact(evidence.of({ kind: 'effect', service, number })),
      overlapFact(history, {
        fromMs: atMs,
        toMs: atMs,
        isNear: (place) => places.has(place),
        nearText: 'caused it',
      }),
    ]),
    span: { fromMs: atMs, toMs: atMs },
    laneId: effectLaneId(service),
  }
}
