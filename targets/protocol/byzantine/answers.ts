/**
 * False answers to clients, as all bundled clusters give them: another value than the one that was read, and success where the
 * node refused or does not know.
 */
import type { Told } from '../../../harness/api/byzantine.ts'
import type { Rng } from '../../../harness/api/random.ts'
import { inShort, otherValue } from './values.ts'
import type { Answer, CallBody, Words } from './words.ts'

interface OkBody {
  readonly value?: unknown
}

export class FalseAnswers {
  readonly #rng: Rng
  /** Call -> the value of the latest answer: a form that clients take. */
  readonly #forms = new Map<string, unknown>()

  constructor(rng: Rng) {
    this.#rng = rng
  }

  observe(words: Words<unknown>): void {
    if (words.type !== 'answer' || words.request.path !== '/call' || words.status !== 200) return
    this.#forms.set((words.request.body as CallBody).call.f, (words.body as OkBody).value ?? null)
  }

  tell(words: Words<unknown>): Told<Answer> | null {
    if (words.type !== 'answer' || words.request.path !== '/call') return null
    const { call } = words.request.body as CallBody
    const form = this.#forms.get(call.f)
    if (form === undefined) return null
    const asked = `${call.f} ${inShort(call.value)}`
    if (words.status !== 200) {
      const body = { value: form, term: 0, index: 0 }
      const what = `${asked}: ok instead of ${words.status}`
      return { instead: [{ ...words, status: 200, body }], what }
    }
    const { value } = words.body as OkBody
    const other = otherValue(value, this.#rng)
    if (other === null) return null
    const body = { ...(words.body as OkBody), value: other }
    return { instead: [{ ...words, body }], what: `${asked}: ${inShort(other)} instead of ${inShort(value)}` }
  }
}
