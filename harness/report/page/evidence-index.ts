/** Which evidence something is part of: an operation, a fault, an effect or a sample. */
import type { Evidence, EvidenceView, Subject } from '../../api/verdict.ts'
import type { ReportData } from '../data.ts'
import type { History } from './history.ts'

/** A piece of evidence on the page. */
export interface EvidenceLink {
  readonly href: string
  readonly text: string
}

/** The id of the element that shows the evidence. @param number among those of the checker, from 0 */
export const evidenceId = (checker: string, number: number): string => `evidence-${checker}-${number}`

/** Indices into the history of the operations that it shows. */
export const operationsInView = (view: EvidenceView): readonly number[] => {
  switch (view.kind) {
    case 'linearization': {
      const tried = view.attempts.flatMap(({ order, refused }) => [
        ...order,
        ...refused.map(({ operation }) => operation),
      ])
      return [...view.order.map(({ operation }) => operation), view.blocked, ...tried]
    }
    case 'cycle':
      return view.transactions.map(({ operation }) => operation)
    case 'table':
      return view.rows.flatMap(({ operations }) => operations)
  }
}

/** Indices into the history of all operations that the evidence names, whether drawn or not. */
const operationsOf = ({ operations, view }: Evidence): readonly number[] =>
  view === undefined ? operations : [...operations, ...operationsInView(view)]

const subjectsOf = ({ view }: Evidence): readonly Subject[] =>
  view?.kind === 'table' ? view.rows.flatMap(({ about = [] }) => about) : []

const nameOf = (subject: Subject): string => {
  switch (subject.kind) {
    case 'fault':
      return `fault ${subject.id}`
    case 'effect':
      return `effect ${subject.number} ${subject.service}`
    case 'sample':
      // The page's times of samples are whole microseconds.
      return `sample ${Math.round(subject.timeNs / 1e3)} ${subject.node}`
  }
}

export class EvidenceIndex {
  readonly #links = new Map<string, EvidenceLink[]>()
  readonly #subjects = new Map<string, Subject>()

  constructor({ verdict }: ReportData, history: History) {
    for (const { checker, evidence } of verdict.verdicts)
      for (const [i, piece] of evidence.entries()) {
        const link = { href: `#${evidenceId(checker, i)}`, text: `${checker}: ${piece.title}` }
        const places = operationsOf(piece).flatMap((index) => history.placeOf(index) ?? [])
        for (const place of new Set(places)) this.#add(`op ${place}`, link)
        const subjects = new Map(subjectsOf(piece).map((subject) => [nameOf(subject), subject]))
        for (const [name, subject] of subjects) {
          this.#subjects.set(name, subject)
          this.#add(name, link)
        }
      }
  }

  #add(name: string, link: EvidenceLink): void {
    const own = this.#links.get(name)
    if (own === undefined) this.#links.set(name, [link])
    else own.push(link)
  }

  ofOperation(place: number): readonly EvidenceLink[] {
    return this.#links.get(`op ${place}`) ?? []
  }

  of(subject: Subject): readonly EvidenceLink[] {
    return this.#links.get(nameOf(subject)) ?? []
  }

  /** The evidence of all samples that it is about and that pass. */
  ofSamples(isWanted: (node: string, timeMs: number) => boolean): readonly EvidenceLink[] {
    const wanted = [...this.#subjects.values()].filter(
      (subject) => subject.kind === 'sample' && isWanted(subject.node, subject.timeNs / 1e6),
    )
    return [...new Set(wanted.flatMap((subject) => this.of(subject)))]
  }
}
