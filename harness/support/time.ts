/** Units, and durations in text: `500ms`, `90s`, `5m`, `1h`. */

export const NS_PER_MS = 1e6
export const NS_PER_S = 1e9

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** Milliseconds, or null if the text is not a duration. A number without a unit is in seconds. */
export const parseDurationMs = (text: string): number | null => {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text.trim())
  if (match === null) return null
  return Number(match[1]) * (UNIT_MS[match[2] ?? 's'] as number)
}

/** A time of the run in seconds, with milliseconds: `12.345 s`. */
export const formatTimeNs = (ns: number): string => `${(ns / NS_PER_S).toFixed(3)} s`

export const formatDurationMs = (ms: number): string => {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 120_000) return `${(ms / 1000).toFixed(1)} s`
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
}
