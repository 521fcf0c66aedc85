/**
 * Numbers in pages, of which those that were asked for last are in memory. A page that was changed is written anew when it makes
 * room for another: in a history that happens to pages that are full, but for the calls that take long.
 */
import { Buffer } from 'node:buffer'
import type { Spill } from '../api/spill.ts'
import { assert } from '../support/assert.ts'
import { type Part, readPart, writePart } from '../support/parts.ts'

const PAGE_BITS = 14
const PAGE = 2 ** PAGE_BITS

/** 16 MB: those of four million operations. */
const MOST_IN_MEMORY = 256

interface Page {
  readonly numbers: Uint32Array<ArrayBuffer>
  isChanged: boolean
}

export class PagedNumbers {
  readonly #makeSpill: (() => Spill) | undefined
  readonly #mostInMemory: number
  #spill: Spill | null = null
  /** Null: it was never written. */
  readonly #parts: (Part | null)[]
  /** The least recently asked for first. */
  readonly #pages = new Map<number, Page>()
  #last: { readonly at: number; readonly page: Page } | null = null
  length: number

  /**
   * @param makeSpill absent: all stay in memory
   * @param written pages that the spill has already, of so many numbers
   */
  constructor(
    makeSpill: (() => Spill) | undefined,
    mostInMemory = MOST_IN_MEMORY,
    written: { readonly parts: readonly Part[]; readonly length: number } = { parts: [], length: 0 },
  ) {
    this.#makeSpill = makeSpill
    this.#mostInMemory = mostInMemory
    this.#parts = [...written.parts]
    this.length = written.length
  }

  at(index: number): number {
    return this.#page(index >>> PAGE_BITS).numbers[index & (PAGE - 1)] as number
  }

  set(index: number, number: number): void {
    const page = this.#page(index >>> PAGE_BITS)
    page.numbers[index & (PAGE - 1)] = number
    page.isChanged = true
  }

  push(number: number): void {
    if (this.length % PAGE === 0) {
      this.#keep(this.length >>> PAGE_BITS, { numbers: new Uint32Array(PAGE), isChanged: true })
      this.#parts.push(null)
    }
    this.set(this.length++, number)
  }

  #page(at: number): Page {
    if (this.#last?.at === at) return this.#last.page
    const page = this.#pages.get(at)
    if (page === undefined) return this.#keep(at, this.#read(at))
    this.#pages.delete(at)
    this.#pages.set(at, page)
    this.#last = { at, page }
    return page
  }

  #keep(at: number, page: Page): Page {
    const [oldest] = this.#pages.keys()
    if (this.#makeSpill !== undefined && this.#pages.size >= this.#mostInMemory && oldest !== undefined) {
      this.#write(oldest)
      this.#pages.delete(oldest)
    }
    this.#pages.set(at, page)
    this.#last = { at, page }
    return page
  }

  #spillOf(): Spill {
    assert(this.#makeSpill !== undefined, 'numbers without a spill stay in memory')
    this.#spill ??= this.#makeSpill()
    return this.#spill
  }

  #read(at: number): Page {
    const part = this.#parts[at]
    if (part === undefined || part === null) throw new RangeError(`there is no page ${at}`)
    const { buffer, byteOffset } = readPart(this.#spillOf(), part, `pairs ${at * PAGE} and following`)
    return { numbers: new Uint32Array(buffer, byteOffset, PAGE), isChanged: false }
  }

  #write(at: number): void {
    const page = this.#pages.get(at)
    if (page?.isChanged !== true) return
    this.#parts[at] = writePart(
      this.#spillOf(),
      Buffer.from(page.numbers.buffer, page.numbers.byteOffset, 4 * PAGE),
    )
    page.isChanged = false
  }

  /** Where all of them are, after what was not written has been written. */
  parts(): readonly Part[] {
    for (const at of this.#pages.keys()) this.#write(at)
    return this.#parts.map((part) => {
      assert(part !== null, 'a page was not written')
      return part
    })
  }
}
