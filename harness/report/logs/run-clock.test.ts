import { expect, it } from 'vitest'
import type { FaultRecord, Sample } from '../../api/record.ts'
import { clockReadings } from './run-clock.ts'

const moves = (node: string, atNs: number, healedAtNs: number | undefined, model = 'clock'): FaultRecord =>
  ({ planned: { model, atNs }, victims: [node], healedAtNs }) as unknown as FaultRecord

it('a clock is read where no fault moves it, however the faults overlap', () => {
  const faults = [
    moves('n1', 50, 60),
    moves('n1', 10, 30),
    moves('n1', 20, 25),
    moves('n1', 28, 40),
    moves('n1', 0, 100, 'kill'),
    moves('n2', 80, undefined),
  ]
  const samples = ['n1', 'n2', 'n3'].flatMap((node) =>
    Array.from(
      { length: 100 },
      (_, i): Sample => ({ node, timeNs: i, status: { role: 'leader', clockMs: 0 } }),
    ),
  )
  const isMoved = ({ node, timeNs }: Sample): boolean =>
    faults.some(
      ({ planned, victims, healedAtNs = Number.POSITIVE_INFINITY }) =>
        planned.model === 'clock' && victims.includes(node) && timeNs > planned.atNs && timeNs < healedAtNs,
    )
  const wanted = samples.filter((sample) => !isMoved(sample))
  expect(wanted.length).toBe(300 - 29 - 9 - 19)
  expect(clockReadings({ samples, faults })).toEqual(
    wanted.map(({ node, timeNs }) => ({ node, ms: 0 - timeNs / 1e6 })),
  )
})
