/** The details of what is known of the nodes: a sample, a term, and a moment. */

import { visible } from '../../../support/visible.ts'
import type { PageRole } from '../../nodes.ts'
import type { PageSetback } from '../../setbacks.ts'
import { linkTo, numbered, parseNumbered } from '../address.ts'
import { element } from '../dom.ts'
import { nodeLaneId } from '../lanes/nodes.ts'
import { TERMS_LANE } from '../lanes/terms.ts'
import { type Model, samplesOfNode } from '../model.ts'
import { type NodeSamples, type ShownSample, stateText } from '../samples.ts'
import { setbackText } from '../setbacks.ts'
import type { Term } from '../terms.ts'
import { durationText, exactTime, offsetText, shortTime } from '../times.ts'
import {
  type Content,
  evidenceFact,
  type Fact,
  faultFact,
  items,
  list,
  overlapFact,
  type Shown,
  separated,
} from './facts.ts'

const sampleLink = ({ node, number }: ShownSample, text: string): HTMLElement =>
  linkTo('sample', numbered(node, number), text)

const termLink = (term: number): HTMLElement => linkTo('term', term, `term ${term}`)

const roleText = ({ role, term }: Pick<PageRole, 'role' | 'term'>): string =>
  `${role === 'down' ? 'no answer' : role}${term === null ? '' : `, term ${term}`}`

/** What of a node went back in the sample. */
const setbacksIn = ({ data: { setbacks } }: Model, sample: ShownSample): readonly PageSetback[] =>
  setbacks.filter(({ node, number }) => node === sample.node && number === sample.number)

const nodeItem = (model: Model, role: PageRole, ms: number): HTMLElement => {
  const sample = samplesOfNode(model, role.node)?.by(ms) ?? null
  const text = `${role.node}: ${roleText(role)}`
  if (sample === null) return element('li', {}, [visible(text)])
  const state = stateText(sample)
  return element('li', {}, [
    sampleLink(sample, text),
    visible(state === '' ? '' : `; ${state}`),
    ...setbacksIn(model, sample).flatMap((setback) => [' ', setbackMark(setback)]),
  ])
}

const setbackMark = (setback: PageSetback): HTMLElement =>
  element('span', { class: 'setback' }, [setbackText(setback)])

/** What each node was at a time, by its last sample before. */
export const nodesFact = (model: Model, ms: number): Fact => {
  // The roles of a node follow one another without a gap.
  const now = new Map(
    model.data.roles.filter(({ startMs }) => startMs <= ms).map((role) => [role.node, role]),
  )
  const told = [...now.values()]
    .toSorted((a, b) => (a.node < b.node ? -1 : 1))
    .map((role) => nodeItem(model, role, ms))
  return ['nodes', told.length === 0 ? ['nothing known'] : items(told, told.length)]
}

export const showMoment = (model: Model, name: string): Shown | null => {
  const ms = Number(name)
  if (name === '' || !Number.isFinite(ms)) return null
  return {
    heading: `At ${exactTime(ms)}`,
    content: list([nodesFact(model, ms), faultFact(model.data.faults, ms, ms)]),
    span: { fromMs: ms, toMs: ms },
    laneId: null,
  }
}

const statusFacts = (sample: ShownSample): readonly Fact[] => {
  const { node, status, aheadMs } = sample
  if (status === null) return [['health', ['\u2715 did not answer']]]
  const optional = (name: string, told: Content | null): readonly Fact[] =>
    told === null ? [] : [[name, [told]]]
  const leads = status.leader === node ? `${node} itself` : status.leader
  return [
    ['health', ['answered']],
    ['role', [status.role]],
    ...optional('term', status.term === null ? null : termLink(status.term)),
    ['leader, as it says', [leads ?? 'none, or not told']],
    ...optional('its log and state', stateText(sample) || null),
    ...optional(
      'its clock',
      aheadMs === null ? null : `${offsetText(aheadMs)} against the harness, when the answer came`,
    ),
    ...optional('version', status.version),
    ...optional('members', status.members === null ? null : status.members.join(', ')),
  ]
}

const wentBackFact = (model: Model, sample: ShownSample): readonly Fact[] => {
  const found = setbacksIn(model, sample).map(
    (setback): Content =>
      element('span', {}, [setbackMark(setback), `, since ${shortTime(setback.beforeMs)}`]),
  )
  return found.length === 0 ? [] : [['went back', separated(found)]]
}

/** So that a reader gets to every sample, also where they are too dense to point at. */
const neighbourFact = (own: NodeSamples, place: number): Fact => {
  const [before, after] = [own.at(place - 1), own.at(place + 1)]
  const links = [
    ...(before === null ? [] : [sampleLink(before, `before: at ${shortTime(before.atMs)}`)]),
    ...(after === null ? [] : [sampleLink(after, `after: at ${shortTime(after.atMs)}`)]),
  ]
  const left = own.isWhole ? '' : `; of ${own.count}, the page holds those at which something changed`
  return ['samples of this node', [...separated(links), left]]
}

/** @param name `node:number` */
export const showSample = (model: Model, name: string): Shown | null => {
  const wanted = parseNumbered(name)
  const own = wanted === null ? null : samplesOfNode(model, wanted.owner)
  const place = own?.placeOf(wanted?.number ?? 0) ?? -1
  const sample = own?.at(place) ?? null
  if (own === null || sample === null) return null
  const { node, number, atMs } = sample
  const { history, data, evidence } = model
  return {
    heading: `Sample ${number} of ${node}, at ${exactTime(atMs)}`,
    content: list([
      ...statusFacts(sample),
      ...wentBackFact(model, sample),
      neighbourFact(own, place),
      nodesFact(model, atMs),
      faultFact(data.faults, atMs, atMs),
      evidenceFact(evidence.of({ kind: 'sample', node, timeNs: atMs * 1e6 })),
      overlapFact(history, {
        fromMs: atMs,
        toMs: atMs,
        isNear: (other) => history.node(other) === node || history.served(other) === node,
        nearText: 'at this node',
      }),
    ]),
    span: { fromMs: atMs, toMs: atMs },
    laneId: nodeLaneId(node),
  }
}

const MAX_ROLES = 40

/** When each node was what in this term. */
const rolesFact = ({ samples }: Model, { roles }: Term): Fact => {
  const told = roles.map((role) => {
    const { node, role: was, startMs, endMs } = role
    const sample = samplesOfNode({ samples }, node)?.by(startMs) ?? null
    const text = `${node}: ${was}`
    return element('li', {}, [
      sample === null ? text : sampleLink(sample, text),
      ` from ${shortTime(startMs)} to ${shortTime(endMs)}`,
    ])
  })
  return ['nodes in it', items(told, MAX_ROLES)]
}

const leaderFact = ({ leaders, named, fromMs }: Term): Fact => {
  const seen = leaders.map(
    ({ node, fromMs: sinceMs }) =>
      `${node}, seen to lead from ${shortTime(sinceMs)} on, ${durationText(sinceMs - fromMs)} after the term was first seen`,
  )
  const said = named.map((node) => `${node}, by what others say; it was never seen to lead`)
  return ['leader', [[...seen, ...said].join('; ') || 'none was seen']]
}

/** What went before it: the election that began it. */
const electionFacts = ({ terms }: Model, { term, roles, leaders, fromMs }: Term): readonly Fact[] => {
  const first = roles.filter(({ startMs }) => startMs === fromMs).map(({ node }) => node)
  const before = terms.findLast((each) => each.term < term)
  const leadBefore = before?.roles.filter(({ role }) => role === 'leader') ?? []
  const lastLedMs = Math.max(...leadBefore.map(({ endMs }) => endMs))
  const ledMs = Math.min(...leaders.map((leader) => leader.fromMs))
  // Those who are candidates later want the next term, and may not have begun it.
  const running = roles.filter(({ role, startMs }) => role === 'candidate' && startMs <= ledMs)
  const candidates = [...new Set(running.map(({ node }) => node))]
  const gap = ledMs - lastLedMs
  const candidatesText = candidates.length === 0 ? 'none seen' : candidates.join(', ')
  return [
    [
      'election',
      [`first seen at ${exactTime(fromMs)} at ${first.join(', ')}; candidates: ${candidatesText}`],
    ],
    ...(before === undefined ? [] : [['term before', [termLink(before.term)]] as const]),
    ...(Number.isFinite(gap)
      ? [
          [
            'between leaders',
            [
              gap >= 0
                ? `${durationText(gap)} in which no leader was seen`
                : `none: the leader of the term before was seen to lead for ${durationText(-gap)} more`,
            ],
          ] as const,
        ]
      : []),
  ]
}

/** The operations that began while it was the newest term. */
const useFact = ({ history }: Model, { fromMs, toMs }: Term): Fact => {
  const counts = { ok: 0, fail: 0, info: 0 }
  const end = history.firstFrom(toMs)
  for (let place = history.firstFrom(fromMs); place < end; place++) counts[history.outcome(place)]++
  return ['operations begun in it', [`${counts.ok} ok, ${counts.fail} fail, ${counts.info} in doubt`]]
}

/** @param name its number */
export const showTerm = (model: Model, name: string): Shown | null => {
  const term = model.terms.find((each) => String(each.term) === name)
  if (term === undefined) return null
  const { fromMs, toMs } = term
  const isInIt = (node: string, ms: number): boolean =>
    samplesOfNode(model, node)?.by(ms)?.status?.term === term.term
  return {
    heading: `Term ${term.term}`,
    content: list([
      ['the newest', [`from ${shortTime(fromMs)} to ${shortTime(toMs)}, for ${durationText(toMs - fromMs)}`]],
      leaderFact(term),
      ...electionFacts(model, term),
      rolesFact(model, term),
      useFact(model, term),
      faultFact(model.data.faults, fromMs, toMs),
      evidenceFact(model.evidence.ofSamples(isInIt)),
    ]),
    span: { fromMs, toMs },
    laneId: TERMS_LANE,
  }
}
