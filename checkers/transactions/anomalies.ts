/**
 * The anomalies by name, with their meanings. Cycles come first, because they prove most.
 *
 * Cycles are Adya's (1999, chapters 3 and 4), G-nonadjacent is from Cerone and Gotsman ("Analysing Snapshot Isolation",
 * 2016), OTV and fractured reads are from Bailis et al. (2013, 2014), G-update is Adya's (1999, section 4.2), the others from Kingsbury and Alvaro (2020, section 4). Predicates (phantoms, G2 beyond items) are left out:
 * neither vocabulary has predicates, so G2 is always G2-item here.
 */

/** Cycles in the dependency graph. */
export const CYCLES = ['G0', 'G1c', 'G-single', 'G-nonadjacent', 'G2-item'] as const
export type CycleName = (typeof CYCLES)[number]

/** Suffixes of cycles in which process order, or also real-time order, counts as a dependency. */
export const SUFFIXES = ['', '-process', '-realtime'] as const
export type Suffix = (typeof SUFFIXES)[number]

export const OTHERS = [
  'duplicate-elements',
  'garbage-read',
  'G1a',
  'dirty-update',
  'G1b',
  'incompatible-order',
  'cyclic-versions',
  'future-read',
  'internal',
  'lost-update',
  'OTV',
  'fractured-read',
  'G-update',
  'torn-transaction',
  'lost-append',
] as const
export type OtherName = (typeof OTHERS)[number]

export type AnomalyName = `${CycleName}${Suffix}` | OtherName

export const ANOMALIES: readonly AnomalyName[] = [
  ...SUFFIXES.flatMap((suffix) => CYCLES.map((cycle) => `${cycle}${suffix}` as const)),
  ...OTHERS,
]

const MEANINGS: Readonly<Record<CycleName | OtherName, string>> = {
  G0: 'a cycle of writes over writes: two transactions overwrite each other',
  G1c: 'a cycle of writes and reads: each sees, or overwrites, what the other did',
  'G-single': 'a cycle with one anti-dependency: a transaction saw part of another and missed the rest',
  'G-nonadjacent': 'a cycle with several anti-dependencies, no two of them next to each other (long fork)',
  'G2-item': 'a cycle with anti-dependencies: transactions missed each other’s writes (write skew)',
  'duplicate-elements': 'one append took effect more than once',
  'garbage-read': 'a value was read that nobody ever wrote',
  G1a: 'a value was read that a failed transaction wrote (aborted read)',
  'dirty-update': 'a committed write builds on one that failed',
  G1b: 'a transaction read an intermediate state of another transaction (intermediate read)',
  'incompatible-order': 'two reads disagree on the order of what was appended',
  'cyclic-versions': 'the versions of one key precede each other in a cycle',
  'future-read': 'a transaction read a value that it wrote only later',
  internal: 'a transaction contradicts itself: a read does not fit its own earlier operations',
  OTV: 'a transaction saw a write of another, and later read a state without that other (observed transaction vanishes)',
  'fractured-read': 'a transaction saw one write of another and missed a second one',
  'G-update':
    'a cycle in which at most one transaction only reads: the updates alone cannot be put in an order that it fits',
  'torn-transaction': 'part of what a transaction appended is seen, and part of it is missing for good',
  'lost-append': 'what a committed transaction appended is missing for good',
  'lost-update': 'two transactions read the same version and both wrote on top of it',
}

const SUFFIX_MEANINGS: Readonly<Record<Suffix, string>> = {
  '': '',
  '-process': ', given the order within each process',
  '-realtime': ', given the real-time order',
}

export const meaningOf = (anomaly: AnomalyName): string => {
  const suffix = SUFFIXES.findLast((candidate) => anomaly.endsWith(candidate)) as Suffix
  const base = anomaly.slice(0, anomaly.length - suffix.length) as CycleName | OtherName
  return `${MEANINGS[base]}${SUFFIX_MEANINGS[suffix]}`
}
