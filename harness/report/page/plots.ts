/** Throughput and latency over time, with the faults as bands behind them. */
import uPlot from 'uplot'
import type { ReportData } from '../data.ts'
import { colour, element } from './dom.ts'

const HEIGHT = 190

const faultBands = (data: ReportData): uPlot.Plugin => ({
  hooks: {
    drawClear: (plot: uPlot) => {
      const { ctx, bbox } = plot
      ctx.save()
      ctx.globalAlpha = 0.13
      for (const fault of data.faults.filter(({ effective }) => effective)) {
        ctx.fillStyle = colour(`fault-${fault.colour}`)
        const from = plot.valToPos(fault.startMs / 1000, 'x', true)
        const to = plot.valToPos(fault.endMs / 1000, 'x', true)
        ctx.fillRect(from, bbox.top, to - from, bbox.height)
      }
      ctx.restore()
    },
  },
})

interface Line {
  readonly label: string
  readonly colour: string
  readonly values: readonly (number | null)[]
}

const plot = (
  into: HTMLElement,
  data: ReportData,
  unit: string,
  log: boolean,
  lines: readonly Line[],
): void => {
  const axis = {
    stroke: colour('dim'),
    grid: { stroke: colour('line'), width: 1 },
    ticks: { stroke: colour('line') },
  }
  const options: uPlot.Options = {
    width: into.clientWidth - 20,
    height: HEIGHT,
    plugins: [faultBands(data)],
    scales: {
      x: { time: false },
      y: log ? { distr: 3 } : { range: (_plot, _min, max) => [0, Math.max(1, max) * 1.1] },
    },
    axes: [
      { ...axis, values: (_plot, values) => values.map((value) => `${value} s`) },
      {
        ...axis,
        size: 78,
        values: (_plot, values) => values.map((value) => (value === null ? '' : `${value} ${unit}`)),
      },
    ],
    series: [
      { label: 'time', value: (_plot, value) => (value === null ? '' : `${value.toFixed(2)} s`) },
      ...lines.map((line) => ({
        label: line.label,
        stroke: line.colour,
        width: 1.5,
        points: { show: false },
      })),
    ],
  }
  const holder = element('div', {}, [])
  into.append(holder)
  new uPlot(options, [data.series.seconds, ...lines.map(({ values }) => values)] as uPlot.AlignedData, holder)
}

export const drawPlots = (into: HTMLElement, data: ReportData): void => {
  const { series } = data
  plot(into, data, '/s', false, [
    { label: 'ok per second', colour: colour('ok'), values: series.ok },
    { label: 'fail', colour: colour('fail'), values: series.fail },
    { label: 'info', colour: colour('info'), values: series.info },
  ])
  plot(into, data, 'ms', true, [
    { label: 'latency p50 in ms', colour: colour('leader'), values: series.p50 },
    { label: 'p99', colour: colour('info'), values: series.p99 },
  ])
}
