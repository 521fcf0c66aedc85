/**
 * The client: one call in, one outcome out. What it says of an outcome decides whether verdicts can be trusted:
 *
 * - `ok`: it happened, and this is the answer;
 * - `fail`: it did not happen and never will. This needs proof: the server refused it, or it was never sent;
 * - `info`: everything else. After a timeout nobody knows whether the call was carried out, or will be.
 *
 * It must not try a call again by itself, and must stop waiting when `signal` is aborted. `faultline conform` tests all this.
 */
import type { Call, Client, Outcome } from 'faultline'
import { JsonHttp } from 'faultline/http'

export const PORT = 7000

/** The answer as the vocabulary has it: what was asked, and what was found. */
const answerTo = ({ value }: Call, body: unknown): Outcome => ({
  type: 'ok',
  value: { ...(value as object), ...(body as object) },
})

export const client: Client = {
  open: async ({ node, localAddress }) => {
    // Clients connect from an address of their own, so that a fault can cut them off. Your library must bind it, too.
    const http = new JsonHttp(localAddress)
    return {
      invoke: async (call, signal) => {
        const origin = `http://${node.address}:${PORT}`
        const result = await http.request(origin, 'POST', `/${call.f}`, call.value, signal)
        // The connection was refused: nothing can have happened.
        if (result.type === 'unsent') return { type: 'fail', error: result.error }
        // It was sent, and nobody knows what became of it.
        if (result.type === 'doubt') return { type: 'info', error: result.error }
        // A server that answers anything but 200 has done nothing: its documentation says so. Yours may not.
        if (result.status !== 200) return { type: 'fail', error: `status ${result.status}` }
        return answerTo(call, result.body)
      },
      [Symbol.asyncDispose]: () => http[Symbol.asyncDispose](),
    }
  },
}
