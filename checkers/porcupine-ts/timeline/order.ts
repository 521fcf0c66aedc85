/**
 * The order of groups and lanes from top to bottom: what a reader has moved, then the rest as usual. Pages contain this class
 * as text, so it may use only the browser and its arguments.
 */
import type { Lane } from './lane.ts'

type Named = Pick<Lane, 'id' | 'group'>

export class LaneOrder {
  #groups: readonly string[]
  #lanes: readonly string[]

  /** @param groups the first groups, from top to bottom. @param lanes ids of the first lanes of their groups */
  constructor(groups: readonly string[] = [], lanes: readonly string[] = []) {
    this.#groups = groups
    this.#lanes = lanes
  }

  /** The groups that do not follow in their usual order. None: they all do. */
  get groups(): readonly string[] {
    return this.#groups
  }

  /** The ids of the lanes that do not follow in their usual order. */
  get lanes(): readonly string[] {
    return this.#lanes
  }

  /** Sets both at once, such as from an address. */
  set(groups: readonly string[], lanes: readonly string[]): void {
    this.#groups = groups
    this.#lanes = lanes
  }

  /** @param lanes in their usual order */
  arrange<T extends Named>(lanes: readonly T[]): ReadonlyMap<string, readonly T[]> {
    const byId = new Map(lanes.map((lane) => [lane.id, lane]))
    const groups = this.#sorted(this.#groupsOf(lanes), this.#groups)
    return new Map(
      groups.map((group) => {
        const own = lanes.filter((lane) => lane.group === group).map(({ id }) => id)
        return [group, this.#sorted(own, this.#lanes).map((id) => byId.get(id) as T)]
      }),
    )
  }

  /** @param to its new place within its group, from 0 */
  moveLane(lanes: readonly Named[], id: string, to: number): void {
    const group = lanes.find((lane) => lane.id === id)?.group
    const own = lanes.filter((lane) => lane.group === group).map((lane) => lane.id)
    this.#lanes = this.#moved(own, this.#lanes, id, to)
  }

  moveGroup(lanes: readonly Named[], group: string, to: number): void {
    this.#groups = this.#moved(this.#groupsOf(lanes), this.#groups, group, to)
  }

  #groupsOf(lanes: readonly Named[]): readonly string[] {
    return [...new Set(lanes.map(({ group }) => group))]
  }

  #sorted(names: readonly string[], first: readonly string[]): readonly string[] {
    const known = new Set(names)
    return [...new Set([...first.filter((name) => known.has(name)), ...names])]
  }

  /** The shortest list of first names that gives this order. Names that are not there now, such as by a filter, stay. */
  #moved(names: readonly string[], first: readonly string[], name: string, to: number): readonly string[] {
    const order = this.#sorted(names, first).filter((each) => each !== name)
    order.splice(to, 0, name)
    const usual = new Map(names.map((each, place) => [each, place]))
    const placeOf = (i: number): number => usual.get(order[i] as string) as number
    let said = Math.max(0, order.length - 1)
    while (said > 0 && placeOf(said - 1) < placeOf(said)) said--
    return [...first.filter((each) => !usual.has(each)), ...order.slice(0, said)]
  }
}
