/** Messages between hosts, as a capture saw them on the test network, or as the logs of nodes tell of them. */

/**
 * One message: segments of TCP that were sent together, or one packet of another protocol. TCP acknowledgements without a
 * payload are left out, as is everything of the harness itself: its control path and its probes.
 */
export interface Message {
  /** When the sender's kernel put it on the network, or was refused. Nanoseconds since the start of the run. */
  readonly sentNs: number
  /**
   * When the receiver's kernel took it: of several segments, the last one. Null: it never did. The program may read it later,
   * or never: a packet that the network has damaged is received, and then TCP throws it away.
   */
  readonly receivedNs: number | null
  /** Names of a node, a service or a group of clients (`clients-0`); an address where it is none of these. */
  readonly from: string
  readonly to: string
  /**
   * `tcp`, `udp`, `icmp`; another protocol by its number, such as `ip-132`. `log`: it was not captured, but told by logs. Then
   * null as its arrival means that no log tells of that, and its bytes are not known.
   */
  readonly protocol: string
  /** Besides `data`, what TCP does without a payload: opening, accepting, closing and resetting a connection. */
  readonly kind: 'data' | 'open' | 'accept' | 'close' | 'reset'
  /** Those of sender and receiver; null where the protocol has none. */
  readonly ports: readonly [number, number] | null
  /** Of its payload. */
  readonly bytes: number
  /** Readable text near the beginning of its payload, at most 60 printable ASCII characters; often empty. Of a log, its text. */
  readonly info: string
  /** TCP segments that it was sent in. Absent: one. */
  readonly segments?: number
  /** TCP had sent these bytes before. */
  readonly isRetransmission?: true
}

/** What one line of a node's log tells of a message to or from another node. */
export interface LoggedMessage {
  /** What the node that wrote the line did with it. */
  readonly did: 'sent' | 'received'
  /** The name of the other node. */
  readonly peer: string
  /** What it is, in a few words: the same at its sender and its receiver, by which the two lines are joined. */
  readonly info: string
}

/** A time in which messages are missing from the record. */
export interface MessageGap {
  /** Nanoseconds since the start of the run. */
  readonly fromNs: number
  readonly toNs: number
  /** Such as `the capture is limited to 64 MB`. */
  readonly why: string
}
