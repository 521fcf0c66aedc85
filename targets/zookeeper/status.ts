/** What a server says about itself in answer to four-letter words. */
import type { NodeStatus } from '../../harness/api/target.ts'

const ROLES: Readonly<Record<string, NodeStatus['role']>> = {
  leader: 'leader',
  follower: 'follower',
  standalone: 'leader',
}

/** The upper half of the number of a transaction is the epoch of the leader that proposed it. */
const EPOCH = 2 ** 32

/** Digests of the tree by `hash`: lines such as `100000080: 6329697056`, the position in hexadecimal, oldest first. */
const digestsOf = (hash: string): readonly (readonly [position: number, digest: string])[] =>
  [...hash.matchAll(/^([0-9a-f]+): (-?\d+)\s*$/gm)].map(([, zxid, digest]) => [
    Number.parseInt(zxid as string, 16),
    digest as string,
  ])

/** How many digests a status repeats: samples are taken often, so that the next one shows what is left out. */
const REPEATED = 20

/**
 * Digests are told as earlier ones only, since the server has none of its present state. The first one that it has is left
 * out: a server that got a snapshot from its leader and then starts from it has the effects of some later transactions already
 * while it applies those before them, and its digests are wrong until it has caught up ("First digest mismatch on txn").
 *
 * @param srvr the answer to `srvr`
 * @param hash the answer to `hash`: digests of the tree after each 128th transaction, since it was loaded
 */
export const statusFrom = (node: string, srvr: string, hash: string): NodeStatus => {
  const role = ROLES[/^Mode: (\w+)/m.exec(srvr)?.[1] ?? '']
  // It has no leader, or does not serve yet: "This ZooKeeper instance is not currently serving requests".
  if (role === undefined) return { role: 'candidate', leader: null }
  const applied = Number(/^Zxid: (0x[0-9a-f]+)/m.exec(srvr)?.[1] ?? 0)
  const version = /^Zookeeper version: ([\d.]+)/m.exec(srvr)?.[1]
  return {
    role,
    term: Math.floor(applied / EPOCH),
    appliedIndex: applied,
    earlierDigests: Object.fromEntries(digestsOf(hash).slice(1).slice(-REPEATED)),
    ...(role === 'leader' ? { leader: node } : {}),
    ...(version === undefined ? {} : { version }),
  }
}
