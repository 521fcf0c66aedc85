/** How serious a line of a log is. */

/** From the most serious on; `none`: the line does not say. */
export const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'none'] as const
export type Level = (typeof LEVELS)[number]

/** A map, since a log may name a level `constructor`, which every object has. */
const levelsBy = (levels: Readonly<Record<string, Level>>): ReadonlyMap<string, Level> =>
  new Map(Object.entries(levels))

/** Words for levels, in lower case, as loggers write them. */
const NAMES = levelsBy({
  fatal: 'fatal',
  panic: 'fatal',
  dpanic: 'fatal',
  emerg: 'fatal',
  emergency: 'fatal',
  alert: 'fatal',
  crit: 'fatal',
  critical: 'fatal',
  error: 'error',
  err: 'error',
  eror: 'error',
  severe: 'error',
  supervisor_report: 'error',
  crash: 'error',
  warning: 'warn',
  warn: 'warn',
  wrn: 'warn',
  wrng: 'warn',
  notice: 'info',
  info: 'info',
  inf: 'info',
  information: 'info',
  log: 'info',
  note: 'info',
  hint: 'info',
  detail: 'info',
  statement: 'info',
  config: 'debug',
  fine: 'debug',
  finer: 'debug',
  finest: 'debug',
  debug: 'debug',
  debug1: 'debug',
  debug2: 'debug',
  dbg: 'debug',
  trace: 'debug',
  trc: 'debug',
  verbose: 'debug',
})

/** By the first letter: glog, klog, MongoDB, Android; Redis has signs. */
const SIGNS = levelsBy({
  F: 'fatal',
  E: 'error',
  W: 'warn',
  N: 'info',
  I: 'info',
  D: 'debug',
  V: 'debug',
  '#': 'warn',
  '*': 'info',
  '-': 'debug',
  '.': 'debug',
})

/** Pino, Bunyan: 60 is fatal, 50 error, 40 a warning, 30 info. */
const byNumber = (level: number): Level => {
  if (level >= 60) return 'fatal'
  if (level >= 50) return 'error'
  if (level >= 40) return 'warn'
  return level >= 30 ? 'info' : 'debug'
}

/** The level that a logger calls by this word, sign or number; null if none is called so. */
export const levelNamed = (name: string): Level | null =>
  NAMES.get(name.toLowerCase()) ?? SIGNS.get(name) ?? (/^\d\d$/.test(name) ? byNumber(Number(name)) : null)

/** Messages may quote anything: a level stands near the begin of a line. */
const NEAR = 160

/** Loggers write levels in capitals, in brackets, with a colon, or after a key. */
const MARKED =
  /\b(?:level|lvl|severity)["']?\s*[=:]\s*["']?(\w+)|[[<](\w{3,11})\s?[\]>]|\b([A-Z]{3,9}[12]?)\b(?!-|=)|\b(panic|fatal|fatal error|error|warning):/g

/** What people write where no logger does. */
const WORDS: readonly (readonly [RegExp, Level])[] = [
  [/\bpanic\b|\bfatal\b|\bsegmentation fault\b|\bassertion failed\b/i, 'fatal'],
  [/\b\w*exception\b|\b\w*errors?\b|\bfailed\b|\bfailure\b|\bcould not\b|\bcannot\b/i, 'error'],
  [/\bwarn(?:ing)?\b|\btimed out\b|\btimeout\b|\bretry(?:ing)?\b/i, 'warn'],
]

/** The beginning of what a program writes when it crashes. */
const CRASH =
  /^\s*(?:uncaught |caused by: |traceback|panic:|fatal error:|(?:[\w$]+\.)*[\w$]*(?:error|exception)\b)/i

/**
 * The level of a line without a time, which belongs to one of the level `owner`: the same, unless it is the beginning of a
 * crash. What a program writes as it dies has no time in most logs.
 */
export const levelBelow = (owner: Level, text: string): Level => {
  const own = levelByWords(text)
  if (own === 'fatal') return own
  const isQuiet = owner === 'info' || owner === 'debug'
  const isCrash = owner === 'none' || (isQuiet && CRASH.test(text))
  return own === 'error' && isCrash ? own : owner
}

/** By words, for a line whose format has no level. */
export const levelByWords = (text: string): Level => {
  const near = text.slice(0, NEAR)
  for (const [, named, bracketed, capitals, word] of near.matchAll(MARKED)) {
    const level = NAMES.get((named ?? bracketed ?? capitals ?? word?.split(' ')[0] ?? '').toLowerCase())
    if (level !== undefined) return level
  }
  return WORDS.find(([words]) => words.test(near))?.[1] ?? 'none'
}
