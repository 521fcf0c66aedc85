/**
 * What one call sent and received. It is counted in exchanges: something is sent, and something comes back. A call may need
 * several, such as a read before a write; a fault then hits the last one, on which the outcome depends.
 */

interface Sent {
  readonly connection: number
  readonly atMs: number
  readonly bytes: Buffer
}

/** A request may be written in parts. What is sent on its connection within this time belongs to it. */
const ONE_REQUEST_MS = 150
/** Shorter requests may repeat by chance. */
const LEAST_BYTES = 8

/** How often `part` occurs in `text`, without overlaps. */
const occurrences = (text: Buffer, part: Buffer): number => {
  let count = 0
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) count++
  return count
}

export class Traffic {
  /** Since the exchange that counts began. */
  readonly #sent: Sent[] = []
  readonly #ownAddresses: readonly string[]
  readonly #from: number
  #isAnswered = true
  exchanges = 0
  /** Since the exchange that counts began. */
  receivedBytes = 0

  /**
   * @param ownAddresses of the nodes, as this client sees them: a request to another node contains another one
   * @param from the exchange that counts, from 1; what was before is only counted
   */
  constructor(ownAddresses: readonly string[], from: number) {
    this.#ownAddresses = ownAddresses.toSorted((a, b) => b.length - a.length)
    this.#from = from
  }

  get isReached(): boolean {
    return this.exchanges >= this.#from
  }

  send(connection: number, atMs: number, bytes: Buffer): void {
    if (this.#isAnswered) this.exchanges++
    this.#isAnswered = false
    if (this.isReached) this.#sent.push({ connection, atMs, bytes })
  }

  receive(bytes: number): void {
    this.#isAnswered = true
    if (this.isReached) this.receivedBytes += bytes
  }

  get sentBytes(): number {
    return this.#sent.reduce((sum, { bytes }) => sum + bytes.length, 0)
  }

  #text(sent: readonly Sent[]): Buffer {
    const text = Buffer.concat(sent.map(({ bytes }) => bytes)).toString('latin1')
    return Buffer.from(
      this.#ownAddresses.reduce((all, address) => all.replaceAll(address, 'node'), text),
      'latin1',
    )
  }

  /** How often what was sent first was sent again, on the same connection or on another. */
  get repeats(): number {
    const [first] = this.#sent
    if (first === undefined) return 0
    const isFirst = ({ connection, atMs }: Sent): boolean =>
      connection === first.connection && atMs <= first.atMs + ONE_REQUEST_MS
    const request = this.#text(this.#sent.filter(isFirst))
    if (request.length < LEAST_BYTES) return 0
    const connections = new Set(this.#sent.map(({ connection }) => connection))
    const all = [...connections].map((id) =>
      this.#text(this.#sent.filter(({ connection }) => connection === id)),
    )
    return all.reduce((sum, text) => sum + occurrences(text, request), 0) - 1
  }
}
