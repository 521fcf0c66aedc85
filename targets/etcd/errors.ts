/**
 * etcd's errors: its gRPC codes, as the JSON gateway passes them on, each with whether it proves that the request had
 * no effect. Every other error leaves that in doubt.
 *
 * Source: etcd 3.4, etcdserver/api/v3rpc/rpctypes/error.go. A timeout or a change of leader does not tell what became
 * of a proposal that Raft already had. A request that was refused before that is definite.
 */
interface EtcdError {
  readonly message: RegExp
  readonly definite: boolean
  readonly meaning: string
}

const ETCD_ERRORS: readonly EtcdError[] = [
  {
    message: /etcdserver: no leader/,
    definite: true,
    meaning: 'refused before proposing: this member knows no leader',
  },
  { message: /etcdserver: not capable/, definite: true, meaning: 'refused before proposing' },
  {
    message: /etcdserver: too many requests/,
    definite: true,
    meaning: 'refused before proposing: the queue is full',
  },
  {
    message: /etcdserver: mvcc: database space exceeded/,
    definite: true,
    meaning: 'the alarm refuses writes before proposing',
  },
  { message: /etcdserver: permission denied/, definite: true, meaning: 'refused before proposing' },
  {
    message: /etcdserver: request timed out/,
    definite: false,
    meaning: 'proposed; the outcome is unknown',
  },
  { message: /etcdserver: leader changed/, definite: false, meaning: 'proposed under an old leader' },
  { message: /etcdserver: server stopped/, definite: false, meaning: 'the member was stopping' },
  {
    message: /context deadline exceeded|context canceled/,
    definite: false,
    meaning: 'the server gave up waiting',
  },
]

export const isDefinite = (message: string): boolean =>
  ETCD_ERRORS.find((error) => error.message.test(message))?.definite ?? false
