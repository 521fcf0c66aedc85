/**
 * The view service: `node main.ts '<json>'`, see `ViewServiceConfig`.
 *
 * - `POST /ping` { from, ping } -> the view in force, once it is on the disk.
 * - `GET /` -> what it has decided.
 */
import http from 'node:http'
import type { NodeId } from '../../protocol/commands.ts'
import { RecordLog } from '../../protocol/server/record-log.ts'
import { fail, log, run } from '../../protocol/server/run.ts'
import { deviationsOf } from '../bugs/bugs.ts'
import type { Ping } from '../core/types.ts'
import { VIEW_SERVICE_PORT, type ViewServiceConfig } from '../protocol.ts'
import { newService, type ServiceState, ViewServiceCore } from './core.ts'

const bodyOf = async (request: http.IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

run(({ address, dataDir, tickMs, failoverMs, bug }: ViewServiceConfig): void => {
  const disk = new RecordLog<ServiceState, never>(dataDir, 2)
  const core = new ViewServiceCore(
    {
      failoverTicks: Math.ceil(failoverMs / tickMs),
      now: () => performance.now() / tickMs,
      deviations: deviationsOf(bug).service,
    },
    disk.found.records.at(-1) ?? newService,
  )
  const onPing = (from: NodeId, ping: Ping): unknown => {
    const before = core.state
    const view = core.onPing(from, ping)
    const { state } = core
    if (state !== before) disk.append([state], true)
    if (state.view !== before.view)
      log(`view ${view.number}: primary ${view.primary}, members ${view.members.join(' ')}`)
    return view
  }
  const answer = async (request: http.IncomingMessage): Promise<unknown> => {
    if (request.method !== 'POST') return core.state
    const { from, ping } = JSON.parse(await bodyOf(request)) as { from: NodeId; ping: Ping }
    return onPing(from, ping)
  }
  const server = http.createServer((request, response) => {
    const respond = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    }
    answer(request).then(
      (body) => respond(200, body),
      () => respond(400, { error: 'malformed' }),
    )
  })
  server.keepAliveTimeout = 60_000
  server.listen(VIEW_SERVICE_PORT, address).on('error', fail)
})
