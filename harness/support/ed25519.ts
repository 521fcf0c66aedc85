/** Checks signatures of Ed25519 (RFC 8032), by Node's own implementation. Keys and signatures are base64. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto'

/** What stands before the 32 bytes of a public key in SPKI (RFC 8410). */
export const PUBLIC_HEADER = Buffer.from('302a300506032b6570032100', 'hex')

const publicKey = (base64: string): KeyObject =>
  createPublicKey({
    key: Buffer.concat([PUBLIC_HEADER, Buffer.from(base64, 'base64')]),
    format: 'der',
    type: 'spki',
  })

const MOST_KNOWN = 20_000

/** Checks signatures, and remembers those that it has found good: certificates repeat what was heard before. */
export class Verifier {
  readonly #keys = new Map<string, KeyObject>()
  readonly #good = new Set<string>()

  isOf(publicText: string, text: string, signature: string): boolean {
    const name = `${publicText} ${signature} ${text}`
    if (this.#good.has(name)) return true
    if (!this.#isGood(publicText, text, signature)) return false
    const [oldest] = this.#good
    if (oldest !== undefined && this.#good.size >= MOST_KNOWN) this.#good.delete(oldest)
    this.#good.add(name)
    return true
  }

  #isGood(publicText: string, text: string, signature: string): boolean {
    try {
      const key = this.#keys.get(publicText) ?? publicKey(publicText)
      if (this.#keys.size < MOST_KNOWN) this.#keys.set(publicText, key)
      return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64'))
    } catch {
      // What should be a key is none.
      return false
    }
  }
}
