/** How a node asks the view service: one question at a time, since the next one says more than a late one. */
import { JsonHttp } from '../../http.ts'
import type { NodeId } from '../../protocol/commands.ts'
import type { Message, View } from '../core/types.ts'

const TIMEOUT_MS = 250

export class ViewServiceLink {
  readonly #http = new JsonHttp()
  readonly #origin: string
  readonly #id: NodeId
  #isAsking = false

  constructor(origin: string, id: NodeId) {
    this.#origin = origin
    this.#id = id
  }

  /** @param answered is not called if there is no answer in time */
  ask(ping: Message & { readonly type: 'ping' }, answered: (message: Message) => void): void {
    if (this.#isAsking) return
    this.#isAsking = true
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const body = { from: this.#id, ping }
    this.#http
      .request(this.#origin, 'POST', '/ping', body, signal, TIMEOUT_MS)
      .then((result) => {
        if (result.type !== 'response' || result.status !== 200) return
        answered({ type: 'view', view: result.body as View, sentAt: ping.sentAt })
      })
      .finally(() => {
        this.#isAsking = false
      })
  }
}
