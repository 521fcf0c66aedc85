/**
 * Clients that compact the store as they go, as operators and controllers of real clusters do: everything before the revision
 * that a client has just been told is forgotten.
 */
import type { Send, Sent } from './gateway.ts'

/** A client compacts when it is told a revision that this divides. */
const EVERY_REVISIONS = 50

/** What becomes of the compaction says nothing of the request: another client may have been faster. */
export const compacting =
  (send: Send): Send =>
  async <T>(path: string, body: unknown): Promise<Sent<T>> => {
    const sent = await send<T>(path, body)
    const revision = sent.type === 'ok' ? Number(sent.meta.revision ?? 0) : 0
    if (revision > 1 && revision % EVERY_REVISIONS === 0)
      await send('/v3/kv/compaction', { revision: String(revision) })
    return sent
  }
