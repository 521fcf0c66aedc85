import { describe, expect, it } from 'vitest'
import { elsewhere, socketsIn } from './source-watch.ts'

const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1
   1: FA0012C6:9C40 020012C6:0CEA 01 00000000:00000000 00:00000000 00000000     0        0 2 1
`
const TCP6 = `  sl  local_address                         remote_address                        st
   0: 0000000000000000FFFF0000650012C6:9C41 0000000000000000FFFF0000020012C6:0CEA 01
`

const cluster = { nodes: [{ address: '198.18.0.2' }], clientAddresses: ['198.18.0.100', '198.18.0.101'] }

describe('the sources of connections', () => {
  it('are read from the tables of the kernel, IPv6 by the IPv4 part', () => {
    expect(socketsIn(TCP)).toEqual([
      { local: '127.0.0.1', remote: '0.0.0.0' },
      { local: '198.18.0.250', remote: '198.18.0.2' },
    ])
    expect(socketsIn(TCP6)).toEqual([{ local: '198.18.0.101', remote: '198.18.0.2' }])
  })

  it('are elsewhere if no socket has an address of a client', () => {
    expect(elsewhere(socketsIn(TCP), cluster)).toEqual(['198.18.0.250'])
    expect(elsewhere([...socketsIn(TCP), ...socketsIn(TCP6)], cluster)).toBeNull()
    expect(elsewhere([], cluster)).toEqual([])
  })
})
