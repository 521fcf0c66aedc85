/**
 * What happens to each packet on a directed link. It depends only on the seed and the packet's ordinal on that link.
 */
import type { Rng } from '../../api/random.ts'

/** Shares are shares of packets, from 0 to 1. Times are in milliseconds. */
export interface LinkRule {
  readonly delayMs: number
  /** Uniform: the delay varies by at most this much in both directions. */
  readonly jitterMs: number
  readonly loss: number
  readonly duplicate: number
  /** One bit of the payload is flipped. TCP's checksum mostly detects it, and the packet is dropped. */
  readonly corrupt: number
  /** These packets are held back, so that later ones overtake them. */
  readonly reorder: number
}

export const HELD_BACK_MS = 20

/** What is done to one packet: a list of departures, empty if it is lost. */
export interface Fate {
  readonly departuresMs: readonly number[]
  /** Index of the bit of the packet that is flipped; null: none. */
  readonly flippedBit: number | null
  readonly heldBack: boolean
}

export const fateOf = (
  rule: LinkRule,
  rng: Rng,
  ordinal: number,
  headerBytes: number,
  bytes: number,
): Fate => {
  const draw = rng.fork(ordinal)
  if (draw.fork('loss').float() < rule.loss) return { departuresMs: [], flippedBit: null, heldBack: false }
  const heldBack = draw.fork('reorder').float() < rule.reorder
  const jitter = (label: string): number => (draw.fork(label).float() * 2 - 1) * rule.jitterMs
  const departure = (label: string): number =>
    Math.max(0, rule.delayMs + jitter(label) + (heldBack ? HELD_BACK_MS : 0))
  const copies = draw.fork('duplicate').float() < rule.duplicate ? ['first', 'second'] : ['first']
  const corrupted = draw.fork('corrupt').float() < rule.corrupt && bytes > headerBytes
  return {
    departuresMs: copies.map(departure),
    flippedBit: corrupted ? headerBytes * 8 + draw.fork('bit').int((bytes - headerBytes) * 8) : null,
    heldBack,
  }
}

/** Counts of one directed link so far. */
export interface LinkCounts {
  packets: number
  bytes: number
  lost: number
  duplicated: number
  corrupted: number
  reordered: number
}

export const newCounts = (): LinkCounts => ({
  packets: 0,
  bytes: 0,
  lost: 0,
  duplicated: 0,
  corrupted: 0,
  reordered: 0,
})
