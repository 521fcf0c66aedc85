/** The details of an operation. */
import { linkTo, numbered } from '../address.ts'
import { element } from '../dom.ts'
import type { History } from '../history.ts'
import { clientLaneId } from '../lanes/clients.ts'
import type { Model } from '../model.ts'
import { durationText, exactTime } from '../times.ts'
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

const MAX_EFFECTS = 10

const proofFacts = (history: History, place: number): readonly Fact[] => {
  if (!history.isInDoubt(place)) return []
  const proof = history.proof(place)
  const told =
    proof === null
      ? ['nothing in this history proves that it took effect']
      : ['it took effect: proved by ', operationLink(history, proof)]
  return [['in doubt', told]]
}

/** What it caused in the outside world. */
const effectFacts = ({ data: { effects } }: Model, index: number): readonly Fact[] => {
  const isCause = effects.causes.map((operations) => operations.includes(index))
  const caused = effects.effects.filter(({ cause, number }) => number !== null && isCause[cause] === true)
  if (caused.length === 0) return []
  const told = caused.map(({ service, number, atMs, outcome }) =>
    element('li', {}, [
      linkTo('effect', numbered(service, number as number), `${service} #${number}`),
      ` at ${exactTime(atMs)}: ${outcome}`,
    ]),
  )
  return [['outside effects', items(told, MAX_EFFECTS)]]
}

const factsOf = (model: Model, place: number): readonly Fact[] => {
  const { data, history, evidence } = model
  const [start, end] = [history.startMs[place] as number, history.endMs[place] as number]
  const optional = (name: string, text: string): readonly Fact[] =>
    text === '' ? [] : [[name, [code(text)]]]
  const own = history.object(place)
  return [
    ['called', [`${exactTime(start)} by process ${history.process(place)}`]],
    ['completed', [Number.isFinite(end) ? `${exactTime(end)}, after ${durationText(end - start)}` : 'never']],
    ['client bound to', [history.node(place) ?? 'not told']],
    ['served by', [history.served(place) ?? 'not told by the answer']],
    ...optional('call', `${history.call(place)} ${history.value(place)}`),
    ...optional('answer', history.answer(place)),
    ...optional('error', history.error(place)),
    ...optional('meta', history.meta(place)),
    ...proofFacts(history, place),
    ...effectFacts(model, history.index[place] as number),
    faultFact(data.faults, start, Number.isFinite(end) ? end : data.endMs),
    evidenceFact(evidence.ofOperation(place)),
    overlapFact(history, {
      fromMs: start,
      toMs: end,
      isNear: (other) => own !== null && history.object(other) === own,
      nearText: 'same key',
      except: place,
    }),
  ]
}

/** @param name the index of its invocation or completion in the history */
export const showOperation = (model: Model, name: string): Shown | null => {
  const { history } = model
  const place = history.placeOf(Number(name))
  if (place === null) return null
  const [start, end] = [history.startMs[place] as number, history.endMs[place] as number]
  return {
    heading: `Operation ${history.index[place]}: ${history.call(place)}, ${history.outcome(place)}`,
    content: list(factsOf(model, place)),
    span: { fromMs: start, toMs: Number.isFinite(end) ? end : start },
    laneId: clientLaneId(history.row(place)),
  }
}
