/** A relay between two hosts, each a network namespace: what passes it, and what a lie makes of it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { execa } from 'execa'
import { expect, it } from 'vitest'
import { waitUntil } from '../../support/wait.ts'
import { describeWith, missingLinuxRoot, sized } from '../../testing/capabilities.ts'
import { listeningPorts } from '../ports.ts'
import { isAlive } from '../proc.ts'
import { NodeRelay } from './node-relay.ts'
import type { RelaySettings } from './orders.ts'

const NODES = { n1: '198.18.77.1', n2: '198.18.77.2' }
const PORT = 7000
const MEGABYTES = sized(4, 64)

const ECHO = `const net = require('net')
net.createServer((s) => s.on('error', () => s.destroy()).pipe(s)).listen(${PORT}, process.argv[1], () => console.log('up'))`

/** Sends bytes in pieces of many lengths, reads slowly at first, and prints hashes of what was sent and what came back. */
const LOAD = `const net = require('net'), { createHash } = require('crypto')
const [address, size] = [process.argv[1], Number(process.argv[2])]
const [sent, got] = [createHash('sha256'), createHash('sha256')]
const s = net.connect(${PORT}, address)
let left = size, n = 1
const write = () => { while (left > 0) {
  n = (n * 1103515245 + 12345) % 2147483648
  const b = Buffer.alloc(Math.min(left, 1 + n % 70000), String(n)); left -= b.length; sent.update(b)
  if (!s.write(b)) return s.once('drain', write) }
  s.end() }
let pauses = 20
s.on('connect', write).on('data', (b) => { got.update(b)
  if (pauses-- > 0) { s.pause(); setImmediate(() => setImmediate(() => s.resume())) } })
s.on('error', (e) => console.log(e.code)).on('close', () => console.log(sent.digest('hex') + ' ' + got.digest('hex')))`

/** Says a line, and prints what comes back. */
const TALK = `const s = require('net').connect(${PORT}, process.argv[1])
s.on('connect', () => console.log('connected')).on('data', (b) => console.log(b.toString().trim()))
s.on('close', () => console.log('closed')).on('error', () => {})
process.stdin.on('data', (b) => s.write(b)).on('end', () => process.exit())`

class Hosts implements AsyncDisposable {
  readonly #children: ChildProcess[] = []

  /** Runs Node in the namespace of the process; null: in a new one. */
  start(pid: number | null, argv: readonly string[]): ChildProcess {
    const enter = pid === null ? ['unshare', '--net'] : ['nsenter', '--target', String(pid), '--net']
    const [command = '', ...args] = [...enter, ...argv]
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#children.push(child)
    return child
  }

  /** Two hosts with a link between them; their pids. */
  async connect(): Promise<readonly [number, number]> {
    const made = [1, 2].map(() => this.start(null, ['sh', '-c', 'echo made; exec sleep 600']))
    await Promise.all(made.map((child) => once(child.stdout as NodeJS.ReadableStream, 'data')))
    const [a = 0, b = 0] = made.map(({ pid }) => pid as number)
    const ip = (pid: number, line: string) =>
      execa('nsenter', ['--target', String(pid), '--net', 'ip', ...line.split(' ')])
    await ip(a, `link add e0 type veth peer name e0 netns ${b}`)
    for (const [pid, address] of [
      [a, NODES.n1],
      [b, NODES.n2],
    ] as const) {
      await ip(pid, `addr add ${address}/24 dev e0`)
      await ip(pid, 'link set e0 up')
      await ip(pid, 'link set lo up')
      const server = this.start(pid, [process.execPath, '-e', ECHO, address])
      await once(server.stdout as NodeJS.ReadableStream, 'data')
    }
    return [a, b]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      this.#children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return
        const exited = once(child, 'exit')
        child.kill('SIGKILL')
        await exited
      }),
    )
  }
}

const settings: RelaySettings = {
  node: 'n1',
  nodes: NODES,
  clients: {},
  routes: [
    { node: 'n1', port: PORT },
    { node: 'n2', port: PORT },
  ],
  codec: null,
  peerPort: null,
  secrets: null,
  accomplices: {},
  seed: 1,
}

const open = (keeperPid: number): Promise<NodeRelay> =>
  NodeRelay.open({ keeperPid, chain: 'fl-test', settings, onShare: () => {} })

/** The two hashes. */
const load = async (hosts: Hosts, from: number, address: string): Promise<readonly string[]> => {
  const child = hosts.start(from, [process.execPath, '-e', LOAD, address, String(MEGABYTES * 2 ** 20)])
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer]
  return line.toString().trim().split(' ')
}

const talk = (hosts: Hosts, from: number, address: string) => {
  const child = hosts.start(from, [process.execPath, '-e', TALK, address])
  let heard = ''
  child.stdout?.on('data', (text: Buffer) => {
    heard += text.toString()
  })
  return {
    say: (text: string) => child.stdin?.write(`${text}\n`),
    hears: (text: string) => waitUntil(() => heard.includes(text), 20_000, 5),
    heard: () => heard,
  }
}

const rulesIn = async (pid: number): Promise<string> =>
  (await execa('nsenter', ['--target', String(pid), '--net', 'iptables-save'])).stdout

describeWith(missingLinuxRoot(), 'a relay', () => {
  it('carries all bytes unchanged and in order, whoever opens the connection', async () => {
    await using hosts = new Hosts()
    const [a, b] = await hosts.connect()
    await using traitor = await open(a)
    const hashes = await Promise.all([
      load(hosts, a, NODES.n2),
      load(hosts, a, NODES.n2),
      load(hosts, b, NODES.n1),
    ])
    for (const [sent, got] of hashes) expect(got).toBe(sent)
    const { connections, bytes, told } = await traitor.report()
    expect([connections, bytes, told]).toEqual([3, 6 * MEGABYTES * 2 ** 20, []])
    expect(listeningPorts(a), 'its own ports are none of the node').toEqual([PORT])
  })

  it('resets older connections once they are used, and leaves nothing when it is over', async () => {
    await using hosts = new Hosts()
    const [a, b] = await hosts.connect()
    const before = await rulesIn(a)
    const old = [talk(hosts, a, NODES.n2), talk(hosts, b, NODES.n1)]
    for (const each of old) expect(await each.hears('connected')).toBe(true)
    const traitor = await open(a)
    const { pid } = traitor
    for (const each of old) {
      each.say('hello')
      expect(await each.hears('closed')).toBe(true)
      expect(each.heard()).not.toContain('hello')
    }
    const through = talk(hosts, a, NODES.n2)
    expect(await through.hears('connected')).toBe(true)
    await traitor[Symbol.asyncDispose]()
    await traitor[Symbol.asyncDispose]()
    expect(await through.hears('closed')).toBe(true)
    expect(isAlive(pid)).toBe(false)
    const chains = (text: string): readonly string[] =>
      text.split('\n').filter((line) => line.includes('fl-'))
    expect(chains(await rulesIn(a))).toEqual(chains(before))
    const after = talk(hosts, a, NODES.n2)
    after.say('hello')
    expect(await after.hears('hello')).toBe(true)
  })

  it('is silent towards those who are named, late, or says old words again, and counts each', async () => {
    await using hosts = new Hosts()
    const [a, b] = await hosts.connect()
    await using traitor = await open(a)
    const [out, into] = [talk(hosts, a, NODES.n2), talk(hosts, b, NODES.n1)]
    for (const each of [out, into]) {
      each.say('before')
      expect(await each.hears('before')).toBe(true)
    }
    const lie = (name: 'silence' | 'delay' | 'replay', audience: readonly string[]): void =>
      traitor.order({ type: 'lie', lies: [{ lie: name, kind: name, audience }], delayMs: 30 })
    lie('silence', [])
    out.say('to nobody in particular')
    expect(await out.hears('particular')).toBe(true)
    lie('silence', ['n2'])
    out.say('lost')
    into.say('unanswered')
    const told = async (name: string): Promise<number> =>
      (await traitor.report()).told.find(({ lie: each }) => each === name)?.count ?? 0
    expect(await waitUntil(async () => (await told('silence')) === 2, 20_000, 5)).toBe(true)
    lie('delay', ['n2'])
    out.say('late')
    expect(await out.hears('late')).toBe(true)
    expect(out.heard()).not.toContain('lost')
    expect(await told('delay')).toBe(1)
    lie('replay', ['n2'])
    for (let n = 0; (await told('replay')) === 0; n++) {
      out.say(`again ${n}`)
      expect(await out.hears(`again ${n}`)).toBe(true)
    }
    const { told: all } = await traitor.report()
    expect(all.map(({ by, to }) => [by, to])).toEqual(all.map(() => ['n1', 'n2']))
  })
})
