import { expect, it } from 'vitest'
import { statusFrom } from './status.ts'

const SRVR = `Zookeeper version: 3.8.0-\${mvngit.commit.id}, built on 2024-12-29 17:54 UTC
Latency min/avg/max: 0/0.0/0
Received: 7
Sent: 6
Connections: 1
Outstanding: 0
Zxid: 0x20000025a
Mode: follower
Node count: 5
`
const HASH = '100000080: 6329697056\n200000100: 8747012666\n200000180: -9431127251\n'

it('a status has the digests but the first', () => {
  expect(statusFrom('n1', SRVR, HASH)).toEqual({
    role: 'follower',
    term: 2,
    appliedIndex: 0x20000025a,
    version: '3.8.0',
    earlierDigests: { [`${0x200000100}`]: '8747012666', [`${0x200000180}`]: '-9431127251' },
  })
})

it('a leader names itself, and a server without a digest tells none', () => {
  expect(statusFrom('n1', SRVR.replace('follower', 'leader'), '\n')).toEqual({
    role: 'leader',
    leader: 'n1',
    term: 2,
    appliedIndex: 0x20000025a,
    version: '3.8.0',
    earlierDigests: {},
  })
  expect(statusFrom('n1', SRVR.replace('follower', 'standalone'), '').role).toBe('leader')
})

it('a server without a leader is a candidate', () => {
  const text = 'This ZooKeeper instance is not currently serving requests\n'
  expect(statusFrom('n1', text, text)).toEqual({ role: 'candidate', leader: null })
})
