/**
 * Answers like one node of the bundled Raft that leads, from memory: `node raft-stub.ts <address>`. It says so on standard
 * output once it listens, and ends with its standard input.
 */
import http from 'node:http'
import { CLIENT_PORT } from '../../../targets/raft/protocol.ts'
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

const server = http.createServer((request, response) => {
  let body = ''
  request.on('data', (part: Buffer) => {
    body += part.toString()
  })
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answerTo(request.url, body)))
  })
})
server.listen(CLIENT_PORT, process.argv[2], () => process.stdout.write('ready\n'))
process.stdin.on('end', () => process.exit(0)).resume()
