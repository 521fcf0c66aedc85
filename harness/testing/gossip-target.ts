/** The bundled Raft, with a process beside each server that sends datagrams to the other nodes by every way that it has. */
import { raft } from '../../targets/raft/target.ts'
import { defineTarget } from '../support/define.ts'

/**
 * Node code. Its arguments: the node's name, its address, and `name=address` of the others. Every 20 ms it sends its name by
 * every way; every 200 ms it prints how many came from whom by which way: `{ way: { from: count } }`.
 */
const GOSSIP = String.raw`
const dgram = require('node:dgram')
const [name, address, ...peers] = process.argv.slice(1)
const ways = ['unicast', 'second', 'multicast', 'broadcast', 'ipv6']
const second = (a) => a.replace(/(\d+)$/, (n) => 150 + Number(n))
const to = { multicast: '239.1.2.3', broadcast: '198.18.0.255', ipv6: 'ff02::1:4242%eth0' }
const from = { unicast: address, second: second(address) }
require('node:child_process').execFileSync('ip', ['addr', 'add', second(address) + '/24', 'dev', 'eth0'])
const count = () => Object.fromEntries(ways.map((way) => [way, Object.fromEntries(peers.map((p) => [p.split('=')[0], 0]))]))
let got = count()
const prepare = {
  multicast: (s) => { s.addMembership(to.multicast, address); s.setMulticastInterface(address) },
  broadcast: (s) => s.setBroadcast(true),
  ipv6: (s) => { s.addMembership('ff02::1:4242', '::%eth0'); s.setMulticastInterface('::%eth0') },
}
ways.forEach((way, i) => {
  const port = 7001 + i
  const s = dgram.createSocket({ type: way === 'ipv6' ? 'udp6' : 'udp4', reuseAddr: true })
  s.on('message', (m) => { const who = m.toString(); if (who !== name) got[way][who]++ })
  const targets = to[way] !== undefined ? [to[way]] : peers.map((p) => p.split('=')[1]).map((a) => way === 'second' ? second(a) : a)
  s.bind(port, from[way], () => {
    prepare[way]?.(s)
    setInterval(() => { for (const a of targets) s.send(name, port, a, () => {}) }, 20)
  })
})
setInterval(() => { console.log(JSON.stringify(got)); got = count() }, 200)
`

const gossip = defineTarget({
  ...raft,
  name: 'gossip',
  description: 'Raft whose nodes also gossip by every way',
  claims: (options, vocabulary) => ({
    ...raft.claims(options, vocabulary),
    source: 'harness/testing/gossip-target.ts',
  }),
  launch: (node, plan, program) => {
    const launch = raft.launch(node, plan, program)
    const others = plan.nodes.filter(({ name }) => name !== node.name)
    const peers = others.map(({ name, address }) => `${name}=${address}`)
    const argv = [process.execPath, '-e', GOSSIP, node.name, node.address, ...peers]
    return { ...launch, processes: [...launch.processes, { name: 'gossip', argv, env: {} }] }
  },
})

export default gossip
