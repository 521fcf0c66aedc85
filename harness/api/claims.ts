/** Claims: what a target promises, and under which faults. */

/**
 * A promise for the calls of a vocabulary. `harness/vocabularies/README.md` says which vocabulary has which promises, and
 * what each means there.
 */
export type PromiseName =
  | Consistency
  | Delivery
  | OrderedDelivery
  | Holding
  | Numbering
  | Completeness
  | IsolationModel

/**
 * - `linearizable`: Herlihy and Wing 1990.
 * - `sequential`: one order of all operations explains them and keeps the order of each process (Lamport 1979).
 * - `causal`: every process sees causes before effects (Ahamad et al. 1995).
 * - `monotonic`: what a process has seen stays in what it sees later (Terry et al. 1994).
 * - `consistent-prefix`: a read returns a state that the object had at some time up to the read's completion
 *   (Terry, "Replicated Data Consistency Explained Through Baseball", 2013). It may be stale, never invented.
 * - `eventual`: once changes and faults are over, reads show every acknowledged change; earlier reads may lack any.
 */
export type Consistency =
  | 'linearizable'
  | 'sequential'
  | 'causal'
  | 'monotonic'
  | 'consistent-prefix'
  | 'eventual'

/** How often what was acknowledged takes effect or is delivered. */
export type Delivery = 'at-most-once' | 'at-least-once' | 'exactly-once'

/** The same for a queue, in the order of the enqueues. */
export type OrderedDelivery = `fifo-${Delivery}`

/** Of locks and leases: `exclusive` without tokens; `fenced`: tokens increase, and a holder may be replaced unawares. */
export type Holding = 'exclusive' | 'fenced'

/** Of answers that are put together from parts, where a part is missing: an error, or an answer that says so. */
export type Completeness = 'fail-closed' | 'fail-open'

/** Of ids: `ordered`: also, each is greater than those that were known before it was asked for. */
export type Numbering = 'unique' | 'ordered'

/**
 * Isolation of transactions (Adya 1999), and in addition:
 * - `committed-reads`: reads show only what was committed (no G1a, no G1b), all of it in the end, once and in one order for each key;
 *   writes of two transactions may interleave in any way (G0). It is ANSI's read committed as it was written, before Berenson et al.
 *   1995 added that nobody overwrites what is not committed, and what Kafka calls `isolation.level=read_committed`;
 * - `monotonic-atomic-view`: who saw one write of a transaction sees all of them from then on (Bailis et al. 2013);
 * - `read-atomic`: nobody sees one write of a transaction and misses another (Bailis et al. 2014; Cerone et al. 2015);
 * - `parallel-snapshot-isolation`: Sovran et al. 2011; the same as consistent view (PL-2+), as Crooks et al. 2017 proved;
 * - `update-serializable`: PL-3U: the updates are serializable, together with any one transaction that only reads.
 */
export type IsolationLevel =
  | 'read-uncommitted'
  | 'committed-reads'
  | 'read-committed'
  | 'monotonic-atomic-view'
  | 'read-atomic'
  | 'cursor-stability'
  | 'consistent-view'
  | 'parallel-snapshot-isolation'
  | 'update-serializable'
  | 'repeatable-read'
  | 'snapshot-isolation'
  | 'serializable'

/** Levels without a variant for sessions and for real time: no agreed definition of one exists. */
export type PlainLevel = 'committed-reads' | 'monotonic-atomic-view' | 'read-atomic' | 'update-serializable'

/** A level alone, within each client's session, or in real time. */
export type IsolationModel =
  | IsolationLevel
  | `strong-session-${Exclude<IsolationLevel, PlainLevel>}`
  | `strong-${Exclude<IsolationLevel, PlainLevel | 'serializable'>}`
  | 'strict-serializable'

/**
 * What a minority does while it is cut off. Only the first two can be broken by serving too much.
 * - `refuse`: it serves nothing;
 * - `serve-reads`: it serves reads and no writes;
 * - `serve-all`: it serves everything, as a system that prefers availability does;
 * - `ask-coordinator`: it serves what a coordinator outside the partition allows, such as a lock service or an arbiter.
 */
export type MinorityClaim = 'refuse' | 'serve-reads' | 'serve-all' | 'ask-coordinator'

/** Availability, as clients see it. Each part is judged only if it is claimed. */
export interface AvailabilityClaim {
  /** Within this time of any single fault, the nodes that it left connected and running serve again, if they are a majority. */
  readonly servesWithinMs?: number
  /** Every running node serves reads, also on the smaller side of a partition. */
  readonly readsEverywhere?: boolean
  /** While a majority is connected and running, the cluster never serves nothing for longer than this. */
  readonly neverUnavailableForMs?: number
}

/** What a target promises, as its own documentation means it. The verdict compares the run with this. */
export interface Claims {
  /** Who made the promise and where. Shown in the verdict. */
  readonly source: string
  /** Vocabulary -> the promise for all its calls under the given options, or call -> the promise for it. */
  readonly consistency: Readonly<Record<string, PromiseName | Readonly<Record<string, PromiseName>>>>
  /** What nodes that a partition cut off from the majority do. Absent: nothing is claimed, so it is told and not judged. */
  readonly minority?: MinorityClaim
  /** How available it is under faults that it tolerates. Absent: nothing is claimed, and nothing is judged. */
  readonly availability?: AvailabilityClaim
  /**
   * Which sets of nodes decide, as `faultline quorum` writes them: `majority of nodes` is of all nodes of the run. Several, as
   * of the phases of a protocol, must each meet each other one. A run whose quorums do not meet is refused.
   */
  readonly quorums?: readonly string[]
  /**
   * Answers that come with a proof (`harness/api/proof.ts`) are proved by the last of `quorums`. Member -> its public key
   * (Ed25519, base64); of names that no node of the run has, none is looked at. Absent: proofs are not looked at.
   */
  readonly proofKeys?: Readonly<Record<string, string>>
  /**
   * Transactions over several nodes commit on all or on none (Bernstein, Hadzilacos and Goodman 1987, section 7.3), as their
   * nodes tell. Absent: it does not say so.
   */
  readonly atomicCommitment?: true
  /**
   * Of these: while a majority of the nodes runs and is connected, none of that majority is in doubt for longer about one. Two-phase
   * commit with a single coordinator cannot claim it. Absent: it blocks, or nothing is said.
   */
  readonly decidesWithinMs?: number
  /** Its status reports term and leader at one instant, so elections can be judged from it. Absent: it does not. */
  readonly tellsElections?: boolean
  /** No node panics, fails an assertion or finds its data corrupt, unless a fault explains it. Absent: it is told only. */
  readonly neverPanics?: true
  /**
   * What its nodes print only if something is broken: a name -> the source of a regular expression that a line of the log
   * matches. They are looked for besides what no healthy server prints.
   */
  readonly logPatterns?: Readonly<Record<string, string>>
  /** Sources of regular expressions: a line that matches one of them is harmless, whatever else it matches. */
  readonly harmlessLogs?: readonly string[]
  /** After all faults are healed, every node is ready again within this time. Absent: no bound is claimed. */
  readonly recoversWithinMs?: number
  /** Fault model -> how many nodes it may hit at once without voiding the promise. A model that is absent is not tolerated. */
  readonly tolerates: Readonly<Partial<Record<FaultModel, Tolerance>>>
}

/**
 * A number of nodes: `minority` is fewer than half of them, `third` fewer than a third (f of 3f + 1), as those need that
 * live with nodes that lie.
 */
export type Tolerance = 'any' | 'minority' | 'third' | number

/**
 * The class of a fault, by which a promise tolerates it or not. Independent of the nemesis that injected it.
 * - `omission`: packets or connections are lost or damaged; `timing`: slow networks, disks and processors;
 * - `power-loss`: a crash that loses data that was not fsynced; `disk-errors`: operations that fail with an error;
 * - `data-loss`: a restart with old data or none; counted over the whole run, not only at one time;
 * - `corruption`: stored data that changed without a write;
 * - `misconfiguration`: an operator's error on a node;
 * - `byzantine`: a node that lies; counted over the whole run, since who lied once is never believed again.
 */
export type FaultModel =
  | 'partition'
  | 'omission'
  | 'timing'
  | 'kill'
  | 'pause'
  | 'clock'
  | 'power-loss'
  | 'disk-errors'
  | 'data-loss'
  | 'corruption'
  | 'membership'
  | 'upgrade'
  | 'misconfiguration'
  | 'dependency'
  | 'byzantine'
