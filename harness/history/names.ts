const QUOTE = 0x22

/** Names that come up again and again, such as those of calls and nodes, as small numbers. */
export class Names {
  readonly #names: string[] = []
  readonly #codes = new Map<string, number>()
  /** Hash of the bytes of a name -> its number: a text is only made of a name that is new. */
  readonly #hashed = new Map<number, number>()

  at(code: number): string {
    return this.#names[code] as string
  }

  /** By their numbers. */
  all(): readonly string[] {
    return this.#names
  }

  codeOf(name: string): number {
    const known = this.#codes.get(name)
    if (known !== undefined) return known
    const code = this.#names.push(name) - 1
    this.#codes.set(name, code)
    return code
  }

  /** @param bytes in which a name of ASCII stands from `start` to before `end` */
  codeIn(bytes: Buffer, start: number, end: number): number {
    let hash = end - start
    for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0
    const known = this.#hashed.get(hash)
    if (known !== undefined && this.#is(known, bytes, start, end)) return known
    const code = this.codeOf(bytes.toString('latin1', start, end))
    if (known === undefined) this.#hashed.set(hash, code)
    return code
  }

  #is(code: number, bytes: Buffer, start: number, end: number): boolean {
    const name = this.at(code)
    if (name.length !== end - start) return false
    for (let i = 0; i < name.length; i++) if (name.charCodeAt(i) !== bytes[start + i]) return false
    return true
  }

  /** Whether this name stands there, and a quote behind it. */
  isAt(code: number, bytes: Buffer, start: number): boolean {
    const name = this.at(code)
    const end = start + name.length
    return bytes[end] === QUOTE && this.#is(code, bytes, start, end)
  }
}
