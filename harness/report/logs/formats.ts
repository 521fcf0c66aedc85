/**
 * The formats of times in logs, as a table. Each finds the time of a line, and its level if the format has one. A format that
 * says more stands before one that says less, since the first one wins if two explain as many lines.
 */
import { type Level, levelNamed } from './levels.ts'
import { dayTimeMs, type Fields, fieldsToMs, type RawTime, type TimeKind, zoneMs } from './raw-time.ts'

export interface Stamp {
  readonly time: RawTime
  /** Null: the format does not say. */
  readonly level: Level | null
}

export interface LogFormat {
  /** As readers know it, such as `etcd JSON`. */
  readonly name: string
  /** Null: the line is not in this format. */
  readonly read: (line: string) => Stamp | null
}

const DATE = String.raw`(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)`
const SLASHED = String.raw`(?<year>\d{4})/(?<month>\d\d)/(?<day>\d\d)`
const CLOCK = String.raw`(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d(?:[.,]\d{1,9})?)`
const ZONE_TEXT = String.raw`(?:Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)(?![\w:])`
const ZONE = `(?<zone>${ZONE_TEXT})`
/** A date with a zone is not one without: in a log that has both, all would be read without. */
const NO_ZONE = String.raw`(?!\d|[.,]\d| ?${ZONE_TEXT})`
const MONTH = `(?<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)`

const kindOf = ({ year, zone }: Readonly<Record<string, string | undefined>>): TimeKind => {
  if (year === undefined) return 'yearless'
  return zone === undefined ? 'local' : 'instant'
}

/** Where a part of a match stands. Indices of matches (the flag `d`) would take twice the time. */
const placeOf = (match: RegExpExecArray | null, part: string): Pick<RawTime, 'from' | 'to'> => {
  const from = (match?.index ?? 0) + (match?.[0].indexOf(part) ?? 0)
  return { from, to: from + part.length }
}

/** Reads a line by named groups: `at` is the whole time; `level` is optional. */
const byFields =
  (pattern: RegExp) =>
  (line: string): Stamp | null => {
    const match = pattern.exec(line)
    const groups = match?.groups
    if (groups?.at === undefined) return null
    const ms = fieldsToMs(groups as unknown as Fields)
    const east = groups.zone === undefined ? 0 : zoneMs(groups.zone)
    if (ms === null || east === null) return null
    return {
      time: { kind: kindOf(groups), ms: ms - east, ...placeOf(match, groups.at) },
      level: groups.level === undefined ? null : levelNamed(groups.level),
    }
  }

/** A pattern at the beginning of a line. */
const starting = (...parts: readonly string[]): RegExp => new RegExp(`^${parts.join('')}`)

/** Seconds, ms, µs or ns since the epoch, by size: between the years 2001 and 2286. */
const epochMs = (text: string): number | null => {
  const value = Number(text)
  for (const perMs of [1e-3, 1, 1e3, 1e6]) {
    const ms = value / perMs
    if (ms >= 1e12 && ms < 1e13) return ms
  }
  return null
}

const atEpoch = (text: string, from: number): RawTime | null => {
  const ms = epochMs(text)
  return ms === null ? null : { kind: 'instant', ms, from, to: from + text.length }
}

/** A value of JSON or logfmt: a date as a text, or a number. */
const ISO_VALUE = new RegExp(`^(?<at>${DATE}[T ]${CLOCK}(?: ?${ZONE})?)$`)
const isoValue = byFields(ISO_VALUE)

const moved = (time: RawTime, by: number): RawTime => ({ ...time, from: time.from + by, to: time.to + by })

const valueTime = (text: string, from: number): RawTime | null => {
  const iso = isoValue(text)
  return iso === null ? atEpoch(text, from) : moved(iso.time, from)
}

/** The value of one of the keys in a line of JSON or logfmt. The line may be cut, so it is not parsed as a whole. */
const byKey =
  (line: RegExp, key: RegExp, level: RegExp) =>
  (text: string): Stamp | null => {
    if (!line.test(text)) return null
    // Other values have such keys too, such as `t` for a term: the first one that is a time counts.
    for (const match of text.matchAll(key)) {
      const value = match.groups?.value ?? ''
      const time = valueTime(value, placeOf(match, value).from)
      const named = level.exec(text)?.[1]
      if (time !== null) return { time, level: named === undefined ? null : levelNamed(named) }
    }
    return null
  }

const jsonKey = (names: string): RegExp =>
  new RegExp(`"(?:${names})"\\s*:\\s*(?:\\{"\\$date"\\s*:\\s*)?"?(?<value>[\\d][^",}]*)`, 'g')

const JSON_LEVEL = /"(?:level|severity|lvl|log\.level|levelname|s)"\s*:\s*"?(\w+)/

/** Levels in brackets or not, after a time: `[info]`, `INFO`, and `I |` of older versions of etcd. */
const LEVEL_AFTER = String.raw`\]?\s*\[?(?<level>[A-Za-z]{3,9}\b|[A-Z](?= \|))`

const epochAtStart = (line: string): Stamp | null => {
  const match = /^\[?(\d{10}(?:\.\d{1,9})?|\d{13}|\d{16}|\d{19})(?=[\s\]:,])/.exec(line)
  const time = match?.[1] === undefined ? null : atEpoch(match[1], placeOf(match, match[1]).from)
  return time === null ? null : { time, level: null }
}

const uptime = (line: string): Stamp | null => {
  const match = /^\[\s*(\d{1,8}\.\d{3,9})\]/.exec(line)
  if (match?.[1] === undefined) return null
  return {
    time: { kind: 'uptime', ms: Number(match[1]) * 1000, ...placeOf(match, match[1]) },
    level: null,
  }
}

const timeOfDay = (line: string): Stamp | null => {
  const match = starting(String.raw`\[?(?<at>${CLOCK})(?![\w:])`).exec(line)
  const { at, hour, minute, second } = match?.groups ?? {}
  if (at === undefined || hour === undefined || minute === undefined || second === undefined) return null
  const ms = dayTimeMs(Number(hour), minute, second)
  return ms === null ? null : { time: { kind: 'day-time', ms, ...placeOf(match, at) }, level: null }
}

export const FORMATS: readonly LogFormat[] = [
  {
    name: 'etcd JSON',
    read: byKey(/^\{"level":"\w+","ts":/, jsonKey('ts'), JSON_LEVEL),
  },
  {
    name: 'MongoDB JSON',
    read: byKey(/^\{"t":\{"\$date":/, jsonKey('t'), JSON_LEVEL),
  },
  {
    name: 'pino JSON',
    read: byKey(/^\{"level":\d\d,"time":/, jsonKey('time'), JSON_LEVEL),
  },
  {
    name: 'JSON',
    read: byKey(
      /^\s*\{\s*"/,
      jsonKey('@timestamp|timestamp|time|ts|t|datetime|date|asctime|timeMillis|log_time'),
      JSON_LEVEL,
    ),
  },
  {
    name: 'RabbitMQ',
    read: byFields(
      starting(`(?<at>${DATE} ${CLOCK}(?:${ZONE})?)`, String.raw` \[(?<level>\w+)\] <\d+\.\d+\.\d+>`),
    ),
  },
  {
    name: 'PostgreSQL',
    read: byFields(
      starting(
        `(?<at>${DATE} ${CLOCK}(?: ${ZONE})?)`,
        String.raw`(?: [A-Z]{3,5})? \[\d+(?:-\d+)?\] .{0,80}?\b(?<level>[A-Z]+[1-5]?): `,
      ),
    ),
  },
  {
    name: 'log4j',
    read: byFields(
      starting(
        String.raw`\[?(?<at>${DATE}[ T](?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d,\d{3}))`,
        String.raw`(?:.{0,80}?\b(?<level>TRACE|DEBUG|INFO|WARN|ERROR|FATAL)\b)?`,
      ),
    ),
  },
  {
    name: 'TiDB',
    read: byFields(starting(String.raw`\[(?<at>${SLASHED} ${CLOCK} ${ZONE})\] \[(?<level>\w+)\]`)),
  },
  {
    name: 'ISO 8601 with zone',
    read: byFields(starting(`[[<(]?(?<at>${DATE}[T ]${CLOCK} ?${ZONE})(?:${LEVEL_AFTER})?`)),
  },
  {
    name: 'syslog (RFC 5424)',
    read: byFields(starting(String.raw`<\d{1,3}>1 (?<at>${DATE}T${CLOCK}${ZONE})`)),
  },
  {
    name: 'ISO 8601 without zone',
    read: byFields(starting(`[[<(]?(?<at>${DATE}[T ]${CLOCK})${NO_ZONE}(?:${LEVEL_AFTER})?`)),
  },
  {
    name: 'logfmt',
    read: byKey(
      /^\w+=/,
      /\b(?:time|ts|t|timestamp)="?(?<value>\d[^\s"]*(?: [^"=]*(?="))?)/g,
      /\b(?:level|lvl|severity)="?(\w+)/,
    ),
  },
  {
    name: 'CockroachDB',
    read: byFields(
      starting(String.raw`(?<level>[IWEF])(?<at>(?<year>\d\d)(?<month>\d\d)(?<day>\d\d) ${CLOCK}) `),
    ),
  },
  {
    name: 'glog',
    read: byFields(
      starting(
        String.raw`(?<level>[IWEF])(?<at>(?<year>\d{4}(?=\d{4} ))?(?<month>\d\d)(?<day>\d\d) ${CLOCK}) `,
      ),
    ),
  },
  {
    name: 'Redis',
    read: byFields(
      starting(
        String.raw`(?:\d+:[A-Z]|\[\d+\]) (?<at>(?<day>\d\d) ${MONTH} (?:(?<year>\d{4}) )?${CLOCK}) (?<level>[-.*#])(?= )`,
      ),
    ),
  },
  {
    name: "Go's log",
    read: byFields(
      starting(String.raw`(?:[\w.:-]*|\[[^\]]*\]) ?(?<at>${SLASHED} ${CLOCK})(?:${LEVEL_AFTER})?`),
    ),
  },
  {
    name: 'common log',
    read: byFields(
      starting(
        String.raw`\S+ \S+ .{1,60}?\[(?<at>(?<day>\d\d)/${MONTH}/(?<year>\d{4}):${CLOCK} (?<zone>[+-]\d{4}))\]`,
      ),
    ),
  },
  {
    name: 'java.util.logging',
    read: byFields(
      starting(
        String.raw`(?<at>${MONTH} (?<day>\d\d?), (?<year>\d{4}),? (?<hour>\d\d?):(?<minute>\d\d):(?<second>\d\d)[ \u202f](?<half>[AP]M))`,
      ),
    ),
  },
  {
    name: 'syslog',
    read: byFields(starting(String.raw`(?:<\d{1,3}>)?(?<at>${MONTH} (?<day>[ \d]\d) ${CLOCK})(?= )`)),
  },
  {
    name: 'date within the line',
    read: byFields(
      new RegExp(String.raw`^.{1,48}?[\s[(](?<at>${DATE}[T ]${CLOCK}(?: ?${ZONE})?)(?=[\s\])|,:-])`),
    ),
  },
  { name: 'ms or s since 1970', read: epochAtStart },
  { name: 'seconds since a start', read: uptime },
  { name: 'time of day', read: timeOfDay },
]
