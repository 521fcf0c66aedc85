import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LaneOrder } from './order.ts'

const LANES = ['f1', 'n1', 'n2', 'n3', 'c1', 'c2'].map((id) => ({ id, group: id.slice(0, 1) }))

const shown = (order: LaneOrder, lanes = LANES): string =>
  [...order.arrange(lanes).values()].map((own) => own.map(({ id }) => id).join(' ')).join(' | ')

describe('the order of lanes', () => {
  it('is the usual one until a reader moves something', () => {
    expect(shown(new LaneOrder())).toBe('f1 | n1 n2 n3 | c1 c2')
  })

  it('remembers no more than it must', () => {
    const order = new LaneOrder()
    order.moveLane(LANES, 'n3', 0)
    expect([shown(order), order.lanes]).toEqual(['f1 | n3 n1 n2 | c1 c2', ['n3']])
    order.moveLane(LANES, 'n1', 2)
    expect([shown(order), order.lanes]).toEqual(['f1 | n3 n2 n1 | c1 c2', ['n3', 'n2']])
    order.moveGroup(LANES, 'c', 0)
    expect([shown(order), order.groups]).toEqual(['c1 c2 | f1 | n3 n2 n1', ['c']])
    order.moveGroup(LANES, 'c', 2)
    order.moveLane(LANES, 'n3', 2)
    order.moveLane(LANES, 'n1', 0)
    expect([order.groups, order.lanes]).toEqual([[], []])
  })

  it('survives lanes that come and go', () => {
    const order = new LaneOrder(['c'], ['c2', 'n3'])
    const few = LANES.filter(({ group }) => group !== 'c')
    expect(shown(order, few)).toBe('f1 | n3 n1 n2')
    order.moveLane(few, 'n2', 0)
    expect(shown(order)).toBe('c2 c1 | f1 | n2 n3 n1')
  })

  it('puts what is moved where it was asked to, and keeps the others as they were', () => {
    const moves = fc.array(fc.tuple(fc.constantFrom('n1', 'n2', 'n3'), fc.nat(2)), { maxLength: 12 })
    fc.assert(
      fc.property(moves, (all) => {
        const order = new LaneOrder()
        let expected = ['n1', 'n2', 'n3']
        for (const [id, to] of all) {
          order.moveLane(LANES, id, to)
          expected = expected.filter((each) => each !== id).toSpliced(to, 0, id)
          expect(
            order
              .arrange(LANES)
              .get('n')
              ?.map((lane) => lane.id),
          ).toEqual(expected)
          expect(shown(new LaneOrder(order.groups, order.lanes))).toBe(shown(order))
        }
      }),
    )
  })
})
