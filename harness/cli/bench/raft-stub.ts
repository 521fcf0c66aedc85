/**
 * Answers like the nodes of the bundled Raft, from memory: `node raft-stub.ts <name>=<address>...`. The first one leads, and the
 * others say so. It says on standard output when all listen, and ends with its standard input.
 */
import { once } from 'node:events'
import http from 'node:http'
import { CLIENT_PORT } from '../../../targets/protocol/wire.ts'
import type { Call } from '../../api/history.ts'
import { FakeRegisters } from '../../environments/fake/register-target.ts'

const registers = new FakeRegisters()
let index = 0

const answerTo = (path: string | undefined, body: string): unknown => {
  index++
  if (path === '/session') return { value: index, term: 1, index }
  const outcome = registers.apply((JSON.parse(body) as { readonly call: Call }).call)
  return { value: outcome.type === 'ok' ? outcome.value : null, term: 1, index }
}

const nodes = process.argv.slice(2).map((text) => text.split('=') as [name: string, address: string])
const leader = nodes[0]?.[0]

const serve = async ([name, address]: (typeof nodes)[number]): Promise<void> => {
  const server = http.createServer((request, response) => {
    let body = ''
    request.on('data', (part: Buffer) => {
      body += part.toString()
    })
    request.on('end', () => {
      const leads = name === leader
      const text = JSON.stringify(leads ? answerTo(request.url, body) : { error: 'not-leader', leader })
      const fields = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
      response.writeHead(leads ? 200 : 421, fields).end(text)
    })
  })
  server.listen(CLIENT_PORT, address)
  await once(server, 'listening')
}

await Promise.all(nodes.map(serve))
process.stdout.write('ready\n')
process.stdin.on('end', () => process.exit(0)).resume()
