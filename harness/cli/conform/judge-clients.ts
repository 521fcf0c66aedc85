/** What was seen of clients, against the contract of `api/client.ts`. Pure. */
import type { Finding } from './findings.ts'
import { type CallSeen, type ConnectionSeen, type Observations, SITUATIONS } from './observations.ts'

/** Where the nodes of a call answer nothing, they cannot have refused it. */
const wordsOf = ({ outcome }: CallSeen): string =>
  outcome === null ? '' : outcome.type === 'ok' ? 'ok' : `${outcome.type} (${outcome.error})`

/** Declared retries are no mistake. */
const attemptsOf = ({ outcome }: CallSeen): number => Number(outcome?.meta?.attempts ?? 1)

/** Not only a connection, from the last exchange on. */
const hitsNode = ({ situation }: CallSeen): boolean => situation === 'stopped' || situation === 'paused'

interface Mistake {
  readonly found: (seen: CallSeen) => boolean
  readonly words: (seen: CallSeen) => string
}

const SWALLOWED: Mistake = {
  found: (seen) =>
    seen.outcome?.type === 'ok' &&
    seen.receivedBytes === 0 &&
    !seen.delivers &&
    seen.situation !== 'healthy' &&
    (seen.isReached || hitsNode(seen)),
  words: () =>
    'was ok although no byte of an answer arrived: an error is swallowed, or the answer comes from a cache; return info',
}

const MISTAKES: readonly Mistake[] = [
  {
    found: ({ thrown }) => thrown !== null,
    words: ({ thrown }) =>
      `threw ${thrown}: catch what the library throws, and return info, or fail where it was never sent`,
  },
  {
    found: ({ lateMs, thrown }) => lateMs === null && thrown === null,
    words: () =>
      'did not settle within a second after its signal was aborted: give up when `signal` is aborted',
  },
  {
    found: ({ misfit }) => misfit !== null,
    words: ({ misfit }) => `${misfit}: return what the vocabulary says (\`faultline list vocabularies\`)`,
  },
  SWALLOWED,
  {
    // A call that only reads did not happen if nobody saw its answer. Of several steps, nobody knows from outside which one
    // changes something: a read or a barrier may come after the one that is usually the last.
    found: (seen) =>
      seen.outcome?.type === 'fail' &&
      seen.changes &&
      seen.isWarm &&
      seen.sentBytes > 0 &&
      seen.receivedBytes === 0 &&
      seen.situation !== 'healthy' &&
      seen.steps === 1,
    words: (seen) =>
      `was ${wordsOf(seen)} although its request was sent and nothing was answered: it may have happened, so return info`,
  },
  {
    found: (seen) => seen.repeats > 0 && attemptsOf(seen) < 2,
    words: ({ repeats }) =>
      `sent its request ${repeats + 1} times: switch the retries of the library off, or count them in meta.attempts`,
  },
]

/**
 * Calls that pass the proxies, such as those of a client that asks the nodes which of them is the primary, and then goes to
 * the address that it learned.
 */
const areOutOfSight = (healthy: readonly CallSeen[]): boolean => {
  const served = healthy.filter(
    ({ isWarm, outcome, delivers }) => isWarm && outcome?.type === 'ok' && !delivers,
  )
  return served.length > 0 && served.every(({ sentBytes }) => sentBytes === 0)
}

/** What is wrong with one call; the first thing, since others follow from it. Null: nothing is. */
const mistakeIn = (seen: CallSeen, isInSight: boolean): string | null => {
  const mistake = MISTAKES.find((each) => (isInSight || each !== SWALLOWED) && each.found(seen))
  return mistake === undefined ? null : `${seen.f} ${mistake.words(seen)}`
}

const counted = (texts: readonly string[]): string => {
  const counts = new Map<string, number>()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  return [...counts].map(([text, n]) => (n === 1 ? text : `${text} (${n} times)`)).join(', ')
}

/** Calls with the same sentence are one finding. */
const wrongOnes = (
  subject: string,
  check: string,
  calls: readonly CallSeen[],
  isInSight = true,
): readonly Finding[] => {
  const mistakes = new Set(calls.flatMap((seen) => mistakeIn(seen, isInSight) ?? []))
  return [...mistakes].map((note) => ({ subject, check, result: 'wrong', note }))
}

/** How often each call was ok in a healthy cluster. */
const judgeHealthy = (
  subject: string,
  asked: readonly string[],
  calls: readonly CallSeen[],
): readonly Finding[] => {
  const check = 'healthy cluster'
  const wrong = wrongOnes(subject, check, calls)
  const never = asked.flatMap((f): Finding[] => {
    const ofCall = calls.filter((seen) => seen.f === f)
    const last = ofCall.at(-1)
    if (last === undefined || ofCall.some(({ outcome }) => outcome?.type === 'ok')) return []
    const note = `${f} was never ok in ${ofCall.length} calls; the last was ${wordsOf(last)}`
    return [{ subject, check, result: 'wrong', note }]
  })
  if (wrong.length + never.length > 0) return [...wrong, ...never]
  return [
    { subject, check, result: 'ok', note: counted(calls.map((seen) => `${seen.f} ${seen.outcome?.type}`)) },
  ]
}

const OUT_OF_SIGHT =
  'its calls did not go to the addresses that it was given, but to some that it learned from the cluster'

const judgeSituations = (
  subject: string,
  asked: readonly string[],
  calls: readonly CallSeen[],
  isInSight: boolean,
): readonly Finding[] =>
  SITUATIONS.flatMap((situation): readonly Finding[] => {
    const isOfNode = situation === 'stopped' || situation === 'paused'
    const check = `${situation}${isOfNode ? ' node' : ''}`
    if (!isInSight && !isOfNode) return [{ subject, check, result: 'not tested', note: OUT_OF_SIGHT }]
    const made = calls.filter((seen) => seen.situation === situation)
    const wrong = wrongOnes(subject, check, made, isInSight)
    const hit = made.filter((seen) => seen.isReached || hitsNode(seen) || seen.outcome?.type !== 'ok')
    const untestedAs = (fs: readonly string[], why: string): readonly Finding[] =>
      fs.length === 0 ? [] : [{ subject, check, result: 'not tested', note: `${fs.join(', ')}: ${why}` }]
    const untested = [
      ...untestedAs(
        asked.filter((f) => made.every((seen) => seen.f !== f)),
        'the workload did not ask it in time',
      ),
      ...untestedAs(
        made.filter((seen) => !hit.includes(seen)).map(({ f }) => f),
        'it was answered before the fault could hit it',
      ),
    ]
    if (wrong.length > 0 || hit.length === 0) return [...wrong, ...untested]
    const note = hit.map((seen) => `${seen.f} ${seen.outcome?.type}`).join(', ')
    return [{ subject, check, result: 'ok', note }, ...untested]
  })

const judgeBinding = (subject: string, connections: readonly ConnectionSeen[]): Finding => {
  const check = 'source address'
  const others = new Set(
    connections.flatMap(({ sources, told }) => sources.filter((source) => source !== told)),
  )
  const told = connections[0]?.told ?? ''
  if (others.size > 0) {
    const note = `it connects from ${[...others].join(', ')} and not from localAddress (${told}): bind it, or no fault can cut clients off`
    return { subject, check, result: 'wrong', note }
  }
  if (connections.some(({ sources }) => sources.length > 0))
    return { subject, check, result: 'ok', note: `every connection came from localAddress (${told})` }
  return {
    subject,
    check,
    result: 'not tested',
    note: 'it never connected to the address of its node that it is given: does it use another one?',
  }
}

const judgeEnds = (subject: string, connections: readonly ConnectionSeen[]): readonly Finding[] => {
  const check = 'opening and closing'
  const wrong = (note: string): Finding => ({ subject, check, result: 'wrong', note })
  const refused = new Set(connections.flatMap(({ refused: why }) => why ?? []))
  const disposals = new Set(connections.flatMap(({ disposal }) => disposal ?? []))
  const open = connections.filter(({ leftOpen }) => leftOpen > 0)
  const found = [
    ...[...refused].map((why) => wrong(`a connection could not be opened: ${why}`)),
    ...[...disposals].map((why) => wrong(`a connection could not be disposed of: ${why}`)),
    ...(open.length === 0
      ? []
      : [
          wrong(
            `${open.length} of ${connections.length} connections had sockets open a second after they were disposed of: close them in [Symbol.asyncDispose]`,
          ),
        ]),
  ]
  if (found.length > 0) return found
  return [
    { subject, check, result: 'ok', note: `${connections.length} connections, all closed when disposed of` },
  ]
}

const judgeStrays = (subject: string, strays: readonly string[]): readonly Finding[] =>
  strays.map((message) => ({
    subject,
    check: 'errors outside of calls',
    result: 'wrong',
    note: `${message}: handle the library's error events`,
  }))

export const judgeClients = ({ asked, calls, connections, strays }: Observations): readonly Finding[] =>
  Object.entries(asked).flatMap(([vocabulary, fs]) => {
    const mine = calls.filter((seen) => seen.vocabulary === vocabulary)
    const own = connections.filter((seen) => seen.vocabulary === vocabulary)
    const healthy = mine.filter(({ situation }) => situation === 'healthy')
    const isInSight = !areOutOfSight(healthy)
    return [
      ...judgeHealthy(vocabulary, fs, healthy),
      ...judgeSituations(vocabulary, fs, mine, isInSight),
      judgeBinding(vocabulary, own),
      ...judgeEnds(vocabulary, own),
      ...judgeStrays(vocabulary, strays[vocabulary] ?? []),
    ]
  })
