/** A time as a line of a log has it, before it is known where in the run it lies. */

/**
 * - `instant`: ms since the epoch;
 * - `local`: the same, as if its fields were UTC: the line has no zone;
 * - `yearless`: as `local`, in the year 2000, which has a 29 February;
 * - `day-time`: ms since midnight, without a zone;
 * - `uptime`: ms since some start.
 */
export type TimeKind = 'instant' | 'local' | 'yearless' | 'day-time' | 'uptime'

export interface RawTime {
  readonly kind: TimeKind
  readonly ms: number
  /** Where in the line it stands. */
  readonly from: number
  readonly to: number
}

/** The year of `yearless` times. */
const LEAP_YEAR = 2000

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** 1 to 12, from a number or an English name; NaN if it is neither. */
const monthOf = (text: string): number => {
  if (/^\d+$/.test(text)) return Number(text)
  const at = MONTHS.indexOf(text.slice(0, 3).toLowerCase())
  return at < 0 ? Number.NaN : at + 1
}

/** Texts of a time. Seconds may have a fraction after a point or a comma. */
export interface Fields {
  readonly year?: string | undefined
  readonly month: string
  readonly day: string
  readonly hour: string
  readonly minute: string
  readonly second: string
  readonly half?: string | undefined
}

const hourOf = ({ hour, half }: Fields): number => {
  if (half === undefined) return Number(hour)
  return (Number(hour) % 12) + (half.toLowerCase() === 'pm' ? 12 : 0)
}

const yearOf = ({ year }: Fields): number => {
  if (year === undefined) return LEAP_YEAR
  return year.length === 2 ? 2000 + Number(year) : Number(year)
}

/** `12.345` or `12,345`, in ms. Whole microseconds are exact. */
const secondsToMs = (second: string): number => Math.round(Number(second.replace(',', '.')) * 1e6) / 1e3

/** Hours, minutes and seconds in ms; null if there is no such time of a day. A leap second counts as the next one. */
export const dayTimeMs = (hour: number, minute: string, second: string): number | null => {
  const ms = secondsToMs(second)
  if (!(hour <= 23 && Number(minute) <= 59 && ms < 61_000)) return null
  return hour * 3_600_000 + Number(minute) * 60_000 + ms
}

/** Ms since the epoch as if the fields were UTC; null if there is no such date. */
export const fieldsToMs = (fields: Fields): number | null => {
  const [year, month, day] = [yearOf(fields), monthOf(fields.month), Number(fields.day)]
  const midnight = Date.UTC(year, month - 1, day)
  const date = new Date(midnight)
  if (date.getUTCMonth() + 1 !== month || date.getUTCDate() !== day) return null
  const time = dayTimeMs(hourOf(fields), fields.minute, fields.second)
  return time === null ? null : midnight + time
}

/** `Z`, `UTC`, `+02:00`, `+0200` or `+02` as ms east of UTC; null for names such as `CET`, which have no single meaning. */
export const zoneMs = (zone: string): number | null => {
  if (/^(?:Z|UTC|GMT)$/i.test(zone)) return 0
  const match = /^([+-])(\d\d):?(\d\d)?$/.exec(zone)
  if (match === null) return null
  const ms = Number(match[2]) * 3_600_000 + Number(match[3] ?? 0) * 60_000
  return match[1] === '-' ? -ms : ms
}
