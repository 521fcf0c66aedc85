/**
 * Who leads, as a client is told by the node it asks.
 *
 * | call   | value | ok value                                            |
 * |--------|-------|-----------------------------------------------------|
 * | leader | {}    | { leader, term }: leader null where it knows of none |
 */
export const ELECTION = 'election'

export interface LeaderCall {
  readonly f: 'leader'
  readonly value: Readonly<Record<string, never>>
}

export interface ToldLeader {
  readonly leader: string | null
  readonly term: number
}
