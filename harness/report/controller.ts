/** What the harness's own controller took over a run: its memory, and how late its event loop was. */
import type { ControllerLoad, MachineSample } from '../api/record.ts'
import { NS_PER_MS } from '../support/time.ts'

/** Of one period, or of several that follow each other: the most of each. */
export interface PageLoad {
  readonly endMs: number
  readonly residentMb: number
  readonly heapMb: number
  readonly delayP99Ms: number
  readonly delayMaxMs: number
}

/** As many as are drawn on a wide screen: a page does not grow with its run. */
const MOST = 1000

const most = (loads: readonly ControllerLoad[], field: keyof ControllerLoad): number =>
  loads.reduce((highest, load) => Math.max(highest, load[field]), 0)

/** In order of time, at most 1,000, the whole run covered. None if the run was recorded without them. */
export const loadOf = (machine: readonly MachineSample[]): readonly PageLoad[] => {
  const measured = machine.flatMap(({ timeNs, controller }) =>
    controller === undefined ? [] : [{ endMs: timeNs / NS_PER_MS, controller }],
  )
  const together = Math.ceil(measured.length / MOST)
  const bins = Math.ceil(measured.length / Math.max(1, together))
  return Array.from({ length: bins }, (_, bin) => {
    const periods = measured.slice(bin * together, (bin + 1) * together)
    const loads = periods.map(({ controller }) => controller)
    return {
      endMs: periods.at(-1)?.endMs as number,
      residentMb: most(loads, 'residentMb'),
      heapMb: most(loads, 'heapMb'),
      delayP99Ms: most(loads, 'delayP99Ms'),
      delayMaxMs: most(loads, 'delayMaxMs'),
    }
  })
}
