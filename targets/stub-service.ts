/**
 * A minimal service that a cluster can depend on: `node stub-service.ts <address> <port>`. It allows every request and
 * counts them.
 *
 * - `POST /allow` -> { allowed: true, asked }
 * - `GET /` -> { asked }
 */
import http from 'node:http'

const [address, port] = process.argv.slice(2) as [string, string]
let asked = 0

const server = http.createServer((request, response) => {
  request.resume()
  if (request.method === 'POST') asked++
  const body = request.method === 'POST' ? { allowed: true, asked } : { asked }
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
})
server.keepAliveTimeout = 60_000
server.listen(Number(port), address)
