/** What any Redis server tells about itself. */
import type { NodeStatus } from '../../harness/api/target.ts'

/** The commands whose answers `serverFacts` reads, in this order. */
export const FACTS = [['TIME'], ['INFO', 'server']] as const

export const serverFacts = (time: unknown, info: unknown): Pick<NodeStatus, 'clockMs' | 'version'> => {
  const [seconds, microseconds] = time as readonly [string, string]
  const version = /^redis_version:(.*?)\r?$/m.exec(String(info))?.[1]
  return {
    clockMs: Number(seconds) * 1000 + Number(microseconds) / 1000,
    ...(version === undefined ? {} : { version }),
  }
}
