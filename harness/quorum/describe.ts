/** What is told of quorum systems, as text. */
import { type Formula, type Nodes, parseQuorums } from './expression.ts'
import { liars, type Meeting, nodesOf, Quorums } from './quorums.ts'

export interface System {
  readonly text: string
  readonly formula: Formula
}

export interface Description {
  readonly lines: readonly string[]
  /** Whether any two quorums that must share a node do. */
  readonly isSound: boolean
}

/** @throws UserError if it is none */
export const systemOf = (text: string, nodes: Nodes = null): System => ({
  text: text.trim(),
  formula: parseQuorums(text, nodes),
})

const line = (name: string, text: string): string => `  ${name.padEnd(14)} ${text}`

const inBraces = (nodes: readonly string[]): string => `{${nodes.join(', ')}}`

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`

const meetingText = ({ one, other, shared }: Meeting): string =>
  shared === 0
    ? `NO: ${inBraces(one)} and ${inBraces(other)} share no node`
    : `yes: any two share at least ${counted(shared, 'node')}, as ${inBraces(one)} and ${inBraces(other)} do`

const sizesText = (quorums: Quorums): string => {
  const { quorums: count, least, most } = quorums.sizes()
  return `${count}, each of ${least === most ? counted(least, 'node') : `${least} to ${most} nodes`} and none of them spare`
}

const crashesText = (crashes: number): string =>
  crashes <= 0
    ? 'none: some node is in every quorum'
    : `any ${crashes === 1 ? 'node' : `${crashes} nodes`} may crash, and a quorum is left`

const liarsText = (crashes: number, shared: number): string => {
  const { signed, unsigned } = liars(crashes, shared)
  const most = (count: number): string => (count <= 0 ? 'none' : `any ${count}`)
  return `${most(signed)} of them if values are signed, ${most(unsigned)} if they are not`
}

const availabilityText = (quorums: Quorums, up: readonly number[]): string =>
  `${quorums
    .availability(up)
    .toPrecision(10)
    .replace(/\.?0+$/, '')} that a quorum is up`

const describeOne = ({ text }: System, quorums: Quorums, up: readonly number[] | null): readonly string[] => {
  const crashes = quorums.crashes()
  const meeting = quorums.meeting(quorums)
  return [
    text,
    line('quorums', sizesText(quorums)),
    ...(meeting === null ? [] : [line('meet', meetingText(meeting))]),
    line('crashes', crashesText(crashes)),
    line('liars', liarsText(crashes, meeting?.shared ?? 0)),
    ...(up === null ? [] : [line('availability', availabilityText(quorums, up))]),
  ]
}

/** Two systems of which each quorum of the one must meet each of the other, and where they share the fewest nodes. */
interface Pairing {
  readonly one: System
  readonly other: System
  readonly meeting: Meeting | null
}

const quorumsOf = (systems: readonly System[]): readonly Quorums[] => {
  const nodes = nodesOf(systems.map(({ formula }) => formula))
  return systems.map(({ formula }) => new Quorums(formula, nodes))
}

/** One system must meet itself, and of several each must meet each other one. @param all in the same order */
const pairingsOf = (systems: readonly System[], all: readonly Quorums[]): readonly Pairing[] => {
  const pairing = (i: number, j: number): Pairing => ({
    one: systems[i] as System,
    other: systems[j] as System,
    meeting: (all[i] as Quorums).meeting(all[j] as Quorums),
  })
  if (systems.length === 1) return [pairing(0, 0)]
  return systems.flatMap((_, i) => systems.slice(i + 1).map((_other, j) => pairing(i, i + 1 + j)))
}

const areApart = ({ meeting }: Pairing): boolean => meeting?.shared === 0

/** The quorums that do not meet, in words; null: all meet that must. */
export const notMeeting = (systems: readonly System[]): string | null => {
  const meeting = pairingsOf(systems, quorumsOf(systems)).find(areApart)?.meeting
  return meeting == null ? null : `${inBraces(meeting.one)} and ${inBraces(meeting.other)}`
}

/**
 * One system must meet itself. Of several, as of the phases of a protocol or of a change of members, each must meet each other
 * one.
 *
 * @param upOf the probability that a node is up; null: it was not told
 */
export const describeQuorums = (
  systems: readonly System[],
  upOf: ((nodes: readonly string[]) => readonly number[]) | null,
): Description => {
  const all = quorumsOf(systems)
  const up = upOf === null ? null : upOf(all[0]?.nodes ?? [])
  const pairings = pairingsOf(systems, all)
  const isSound = !pairings.some(areApart)
  // That one system meets itself is told of it already.
  const between = systems.length === 1 ? [] : pairings
  const lines = [
    ...systems.flatMap((system, i) => [...describeOne(system, all[i] as Quorums, up), '']),
    ...between.flatMap(({ one, other, meeting }) =>
      meeting === null ? [] : [`${one.text} with ${other.text}`, line('meet', meetingText(meeting)), ''],
    ),
    isSound
      ? `Any two quorums that must meet do.`
      : `Two quorums do not meet: what one of them decided, the other does not know.`,
  ]
  return { lines, isSound }
}
