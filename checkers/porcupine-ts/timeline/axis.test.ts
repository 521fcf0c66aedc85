import { expect, it } from 'vitest'
import { Axis } from './axis.ts'
import { View } from './view.ts'

const textsOf = (fromMs: number, toMs: number): readonly string[] => {
  const view = new View(0, 7_200_000, 1e-6)
  view.width = 900
  view.show(fromMs, toMs)
  const axis = new Axis({ size: 1000, start: 0, name: ' s' })
  return axis.ticks(view).map((tick) => axis.text(tick, axis.step(view)))
}

it('ticks are at round times, from hours to nanoseconds', () => {
  expect(textsOf(0, 7_200_000)).toEqual([
    '0 s',
    '1000 s',
    '2000 s',
    '3000 s',
    '4000 s',
    '5000 s',
    '6000 s',
    '7000 s',
  ])
  expect(textsOf(1000, 1020)).toEqual([
    '1.000 s',
    '1.002 s',
    '1.004 s',
    '1.006 s',
    '1.008 s',
    '1.010 s',
    '1.012 s',
    '1.014 s',
    '1.016 s',
    '1.018 s',
    '1.020 s',
  ])
  expect(textsOf(1, 1.0001)[1]).toBe('0.00100001 s')
})

it('a view may begin elsewhere than the shown times', () => {
  const view = new View(0, 100, 1)
  view.width = 450
  const axis = new Axis({ size: 2, start: 1000, name: '' })
  expect(axis.ticks(view)).toEqual([0, 20, 40, 60, 80, 100])
  expect(axis.text(20, axis.step(view))).toBe('1010')
})
