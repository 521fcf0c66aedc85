/**
 * Consul's errors, as text in answers with status 500 and above, each with whether it proves that the request had no effect. Every
 * other one leaves that in doubt.
 *
 * Sources: Consul 1.15.4, agent/consul/rpc.go (`ForwardRPC`: a server that knows no leader, or cannot reach it, has not passed
 * the request on; it sends a change again only if no state can have been changed) and agent/pool; raft 1.3, api.go and raft.go
 * (`ErrNotLeader`: refused; `ErrLeadershipLost`: it was in the leader's log).
 */
interface ConsulError {
  readonly message: RegExp
  readonly definite: boolean
  readonly meaning: string
}

const CONSUL_ERRORS: readonly ConsulError[] = [
  {
    message: /leadership lost while committing log/,
    definite: false,
    meaning: 'it is in the log of a deposed leader',
  },
  { message: /No cluster leader/, definite: true, meaning: 'this server knows no leader' },
  {
    message: /Raft leader not found in server lookup mapping/,
    definite: true,
    meaning: 'this server knows a leader and not its address',
  },
  { message: /node is not the leader/, definite: true, meaning: 'refused by Raft before it was logged' },
  {
    message: /leadership transfer in progress/,
    definite: true,
    meaning: 'refused by Raft before it was logged',
  },
  {
    message: /rpc error getting client: failed to get conn/,
    definite: true,
    meaning: 'no connection to the leader could be made',
  },
]

export const isDefinite = (message: string): boolean =>
  CONSUL_ERRORS.find((error) => error.message.test(message))?.definite ?? false
