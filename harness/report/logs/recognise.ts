/** Decides in which formats a log has its times. */
import { FORMATS, type LogFormat, type Stamp } from './formats.ts'

/** This many lines from the beginning are looked at, and as many from the rest. */
const LOOKED_AT = 1000

/** A file may mix formats. One that explains a smaller share of its lines, other than the first one, may do so by chance. */
const LEAST_SHARE = 0.01

export interface Recognised {
  /** Most lines first; empty: no times were found. */
  readonly formats: readonly { readonly format: LogFormat; readonly count: number }[]
  readonly lookedAt: number
}

/** The first lines, and others at equal distances: what a start script wrote says little about the rest. */
const sampleOf = (lines: readonly string[]): readonly string[] => {
  const rest = lines.length - LOOKED_AT
  if (rest <= 0) return lines
  const step = Math.ceil(rest / LOOKED_AT)
  return lines.filter((_, i) => i < LOOKED_AT || i % step === 0)
}

/** Each format explains what the ones that explain more do not. */
export const recogniseFormats = (lines: readonly string[]): Recognised => {
  let left = sampleOf(lines)
  const lookedAt = left.length
  const formats: { format: LogFormat; count: number }[] = []
  for (;;) {
    const counts = FORMATS.map((format) => ({
      format,
      count: left.filter((line) => format.read(line) !== null).length,
    }))
    const best = counts.reduce((most, each) => (each.count > most.count ? each : most))
    if (best.count === 0 || (formats.length > 0 && best.count < LEAST_SHARE * lookedAt))
      return { formats, lookedAt }
    formats.push(best)
    left = left.filter((line) => best.format.read(line) === null)
  }
}

/** The time and the level of a line by the first format that explains it. */
export const readStamp = ({ formats }: Recognised, line: string): Stamp | null => {
  for (const { format } of formats) {
    const stamp = format.read(line)
    if (stamp !== null) return stamp
  }
  return null
}

/** `etcd JSON`, `etcd JSON (980 of 1,000 lines), Go's log (20)`, or `no times found`. */
export const formatNames = ({ formats, lookedAt }: Recognised): string => {
  const [first] = formats
  if (first === undefined) return 'no times found'
  if (formats.length === 1) return first.format.name
  const lines = (count: number): string => count.toLocaleString('en')
  return formats
    .map(({ format, count }, i) =>
      i === 0
        ? `${format.name} (${lines(count)} of ${lines(lookedAt)} lines)`
        : `${format.name} (${lines(count)})`,
    )
    .join(', ')
}
