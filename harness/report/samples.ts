/**
 * The samples of the nodes as columns, each with its number among those of its node: what a node said of itself at a time,
 * or that it did not answer.
 */
import type { Sample } from '../api/record.ts'
import { byName } from '../support/names.ts'
import { NS_PER_MS } from '../support/time.ts'
import { spread } from './logs/places.ts'

/** What stays the same over many samples. Null: the node did not answer. */
export interface PageStatus {
  readonly role: string
  readonly term: number | null
  readonly leader: string | null
  readonly version: string | null
  readonly members: readonly string[] | null
}

export interface PageSamples {
  readonly node: string
  /** How many were taken of the node; the record of a long run, and the page, may hold fewer. */
  readonly count: number
  /** Of each sample its number, from 1, as differences. */
  readonly numbers: readonly number[]
  /** When its answer came, in microseconds of the run, as differences. */
  readonly timesUs: readonly number[]
  /** Positions in `statuses`. */
  readonly status: readonly number[]
  /** Positions in the log that are known to be committed and applied. Null: not told. */
  readonly committed: readonly (number | null)[]
  readonly applied: readonly (number | null)[]
  /** The log is compacted up to there. Null: not told. */
  readonly snapshot: readonly (number | null)[]
  /** The beginning of a hash of the state, and the position that it is of. Null: not told. */
  readonly digest: readonly (string | null)[]
  readonly digestAt: readonly (number | null)[]
  /** By how much its clock was ahead of the harness's when the answer came, in ms. Null: not told. */
  readonly aheadMs: readonly (number | null)[]
  readonly statuses: readonly (PageStatus | null)[]
}

const NS_PER_US = 1e3

/** So much of a digest tells states apart, and is read at a glance. */
const DIGEST_LENGTH = 8

const statusOf = ({ status }: Sample): PageStatus | null =>
  status === null
    ? null
    : {
        role: status.role,
        term: status.term ?? null,
        leader: status.leader ?? null,
        version: status.version ?? null,
        members: status.members ?? null,
      }

interface Numbered {
  readonly sample: Sample
  readonly number: number
  readonly status: number
}

const differences = (values: readonly number[]): readonly number[] =>
  values.map((value, i) => value - (values[i - 1] ?? 0))

/** Samples at which the status of a node changed: if there are more, some that are spread evenly. */
const changesAmong = (numbered: readonly Numbered[], most: number): readonly Numbered[] => {
  const changes = numbered.filter(({ status }, i) => status !== numbered[i - 1]?.status)
  if (changes.length <= most) return changes
  const inTurn = changes.toSorted((a, b) => spread(a.number) - spread(b.number))
  return inTurn.slice(0, most).sort((a, b) => a.number - b.number)
}

/** @param most null: there is room for all */
const ofNode = (node: string, all: readonly Sample[], zeroMs: number, most: number | null): PageSamples => {
  const places = new Map<string, number>()
  const statuses: (PageStatus | null)[] = []
  let number = 0
  const numbered = all.map((sample): Numbered => {
    number += 1 + (sample.leftOut ?? 0)
    const told = statusOf(sample)
    const name = JSON.stringify(told)
    const status = places.get(name) ?? statuses.push(told) - 1
    places.set(name, status)
    return { sample, number, status }
  })
  const kept = most === null ? numbered : changesAmong(numbered, most)
  return {
    node,
    count: number,
    numbers: differences(kept.map(({ number }) => number)),
    timesUs: differences(kept.map(({ sample }) => Math.round(sample.timeNs / NS_PER_US))),
    status: kept.map(({ status }) => status),
    committed: kept.map(({ sample }) => sample.status?.commitIndex ?? null),
    applied: kept.map(({ sample }) => sample.status?.appliedIndex ?? null),
    snapshot: kept.map(({ sample }) => sample.status?.snapshotIndex ?? null),
    digest: kept.map(({ sample }) => sample.status?.digest?.slice(0, DIGEST_LENGTH) ?? null),
    digestAt: kept.map(({ sample }) => sample.status?.digestAt ?? null),
    aheadMs: kept.map(({ sample: { status, timeNs } }) =>
      status?.clockMs === undefined ? null : Math.round(status.clockMs - zeroMs - timeNs / NS_PER_MS),
    ),
    statuses,
  }
}

/**
 * By node, in order of their names.
 *
 * @param zeroMs the wall clock at time zero of the run, in ms since the epoch
 * @param most with more, a page holds only those at which the status of a node changed
 */
export const samplesOf = (
  samples: readonly Sample[],
  zeroMs: number,
  most: number,
): readonly PageSamples[] => {
  const byNode = [...Map.groupBy(samples, ({ node }) => node)].sort(([a], [b]) => byName(a, b))
  const each = samples.length > most ? Math.floor(most / byNode.length) : null
  return byNode.map(([node, own]) => ofNode(node, own, zeroMs, each))
}
