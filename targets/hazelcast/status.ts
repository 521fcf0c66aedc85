/** What a member says of itself. */
import { z } from 'zod'
import type { Endpoint } from '../../harness/api/client.ts'
import type { NodeStatus } from '../../harness/api/target.ts'
import { JsonHttp } from '../http.ts'
import { CLIENT_PORT } from './ports.ts'

const STATUS = z.object({
  role: z.enum(['leader', 'follower']),
  leader: z.string(),
})

/** The oldest member decides who joins and who owns which part of the data. Each part of a split cluster has one. @throws if it is no status */
export const statusFrom = (body: unknown): NodeStatus => STATUS.parse(body)

const http = new JsonHttp()

export const statusOf = async ({ address }: Endpoint, signal: AbortSignal): Promise<NodeStatus> => {
  const origin = `http://${address}:${CLIENT_PORT}`
  const result = await http.request(origin, 'GET', '/status', undefined, signal)
  if (result.type !== 'response') throw new Error(result.error)
  return statusFrom(result.body)
}
