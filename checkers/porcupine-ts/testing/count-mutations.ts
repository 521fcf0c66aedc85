/** Rules of the engines for counters and logs, and how each is broken. */
import type { Mutation } from './mutation.ts'

const COUNTER = 'specialised/counter.ts'
const RANKS = 'specialised/ranks.ts'
const LOG = 'specialised/append-log.ts'
const SUMS = 'specialised/sums.ts'
const SUMS_LOG = 'specialised/sums-log.ts'

export const countMutations: readonly Mutation[] = [
  ['adds come after what was told before', RANKS, '{ release: Math.max(release, rank)', '{ release: rank'],
  [
    'adds come before what was told after',
    RANKS,
    'return { release, deadline, optional: false }',
    'return { release, deadline: Number.POSITIVE_INFINITY, optional: false }',
  ],
  ['the earliest deadline goes first', RANKS, ': a.deadline - b.deadline,', ': b.deadline - a.deadline,'],
  ['adds that returned happened', RANKS, 'if (!job.optional) left--', 'left--'],
  [
    'an add that never returned may have happened',
    RANKS,
    'for (const [i, from] of floors(known, open).entries()) {',
    'for (const [i, from] of floors(known, open.slice(0, 0)).entries()) {',
  ],
  ['and not before it was called', RANKS, 'release: from + 1, deadline', 'release: 1, deadline'],
  ['what an add told is its rank', RANKS, 'deadline: Math.min(deadline, rank)', 'deadline'],
  ['reads never go back', RANKS, 'if (reads.some(', 'if (1 > 2 && reads.some('],
  ['what a read found was added', RANKS, 'left > 0 || rank <= needed', 'left > 0'],
  ['all adds add the same', COUNTER, 'if (common !== null && common !== input.delta) return null', ''],
  [
    'a step whose rank is known has it',
    RANKS,
    'release: Math.max(from + 1, rank), deadline: rank',
    'release: from + 1, deadline: rank + 9',
  ],
  [
    'and not before it was called, if its rank is known',
    RANKS,
    'release: Math.max(from + 1, rank)',
    'release: rank',
  ],
  ['reads show the beginning of one log', LOG, 'longest[offset] === value', 'offset >= 0 || value'],
  [
    'what is read was appended',
    LOG,
    'if (append === undefined || ranks.has(append)) return null',
    'if (append === undefined) continue',
  ],
  [
    'the offset of what is read is known',
    LOG,
    'if (rank !== undefined && rank !== offset + 1) return null',
    '',
  ],
  ['an offset that is read has one value', LOG, 'if (offset < longest.length) return null', ''],
  [
    'an append that never returned is where it was read',
    LOG,
    'isOpen(append) && !hadNot(append)',
    'isOpen(append) && !ranks.has(append)',
  ],
  [
    'what has not returned told nothing',
    LOG,
    'if (rank !== undefined || isOpen(append)) continue',
    'if (rank !== undefined) continue',
  ],
  [
    'what had not returned is nowhere else',
    RANKS,
    'release: possible, deadline: possible, optional: true',
    'release: from + 1, deadline: Number.POSITIVE_INFINITY, optional: true',
  ],
  ['what had not returned comes after its call', RANKS, 'else if (from < possible) jobs', 'else jobs'],
  ['an offset is taken once', LOG, 'if (!taken.has(offset + 1)) possible', 'possible'],
  [
    'offsets that were never told may be anywhere',
    LOG,
    'if (mayHave.size > 0 && done.some',
    'if (1 > 2 && done.some',
  ],
  ['what cannot have happened fills no gap', LOG, 'isOpen(append) && !hadNot(append)', 'isOpen(append)'],
  [
    'a value is appended once',
    LOG,
    "if (appends.has(input.value)) throw new Declined('a value is appended twice')",
    '',
  ],
  ['a read finds its length', LOG, 'value: length, before: length', 'value: 0, before: 1e9'],
  [
    'adds that must come first do',
    SUMS,
    'if (place === 0 && mayBeFirst) this.#placeFirst',
    'if (place === 0 && 1 > 2) this.#placeFirst',
  ],
  [
    'amounts add up to what was read',
    SUMS,
    'return sum < goal ? false : null',
    'return sum < goal ? false : true',
  ],
  [
    'an add comes before what was read after it',
    SUMS,
    'return first === done.count || (done.last[first] as number) > gap ? true : null',
    'return true',
  ],
  [
    'an add comes after what was read before it',
    SUMS,
    'const mayBeFirst = first < done.count && (done.first[first] as number) <= gap',
    'const mayBeFirst = first < done.count',
  ],
  [
    'others may come before the add that returns first',
    SUMS,
    'this.#placeBeside(gap, first, taken, open, place, sum)\n',
    '',
  ],
  ['an add takes effect once', SUMS, '|| (taken & (1 << (slot[add] as number))) !== 0', ''],
  ['what took effect early is left behind in time', SUMS, 'left &= ~bit', ''],
  ['open adds count', SUMS, 'this.#placeOpen(gap, first, taken, open, place, sum)\n', ''],
  [
    'open adds count from their calls on',
    SUMS,
    '(open.call[add] as number) > by || (open.first[add] as number) > gap',
    'place < 0',
  ],
  ['and only once', SUMS, 'taken, counts + unit, OPEN', 'taken, counts, OPEN'],
  ['adds that are open at one moment have different bits', SUMS_LOG, 'used |= 1 << bit', ''],
  ['larger values are read later', SUMS_LOG, 'if ((end[read] as number) < latest) return null', ''],
  [
    'the sum of all that may have been added is a bound',
    SUMS,
    'if (found < certain || found > possible) return false',
    'if (found <= certain || found > possible) return false',
  ],
]
