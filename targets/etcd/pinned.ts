/**
 * Writes that also read: a transaction puts a key, and reads it as it was at the revision that this client was told last, as
 * programs do that look at one state while they change it. The read can only fail where that revision is compacted meanwhile;
 * then the whole transaction must have failed, on every member.
 */
import type { Send, Sent } from './gateway.ts'

interface Put {
  readonly key: string
}

/** Of one client: it remembers the revision of its last answer, and puts plainly after one that was none. */
export const pinning = (): ((send: Send) => Send) => {
  let told = 0
  return (send) =>
    async <T>(path: string, body: unknown): Promise<Sent<T>> => {
      const sent = await (path === '/v3/kv/put' && told > 0
        ? send<T>('/v3/kv/txn', {
            success: [
              { request_put: body },
              { request_range: { key: (body as Put).key, revision: String(told) } },
            ],
          })
        : send<T>(path, body))
      // A revision that is refused, as it is compacted, would be refused for ever.
      told = sent.type === 'ok' ? Number(sent.meta.revision ?? 0) : 0
      return sent
    }
}
