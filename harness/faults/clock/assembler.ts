/**
 * Assembles a little x86-64 machine code with labels. Relative jumps and calls are 32 bits wide and filled in at the
 * end.
 */

interface Fixup {
  readonly at: number
  readonly label: string
}

/** Opcodes of the branches that are used here. Each takes a 32-bit displacement. */
const BRANCHES = {
  jmp: [0xe9],
  call: [0xe8],
  je: [0x0f, 0x84],
  jne: [0x0f, 0x85],
  jns: [0x0f, 0x89],
} as const

export class Assembler {
  readonly #bytes: number[] = []
  readonly #labels = new Map<string, number>()
  readonly #fixups: Fixup[] = []
  /** Offset of the first byte in the image that the code will be part of. */
  readonly #origin: number

  constructor(origin: number) {
    this.#origin = origin
  }

  label(name: string): this {
    this.#labels.set(name, this.#bytes.length)
    return this
  }

  emit(...bytes: readonly number[]): this {
    this.#bytes.push(...bytes)
    return this
  }

  branch(kind: keyof typeof BRANCHES, label: string): this {
    this.emit(...BRANCHES[kind])
    this.#fixups.push({ at: this.#bytes.length, label })
    return this.emit(0, 0, 0, 0)
  }

  /** A 32-bit displacement, counted from its own end to an offset in the image. */
  displacement(target: number): this {
    return this.emit(...int32(target - (this.#origin + this.#bytes.length + 4)))
  }

  /** Offset of a label in the image. */
  offsetOf(label: string): number {
    const at = this.#labels.get(label)
    if (at === undefined) throw new TypeError(`no label ${label}`)
    return this.#origin + at
  }

  assemble(): Buffer {
    const code = Buffer.from(this.#bytes)
    for (const { at, label } of this.#fixups)
      code.writeInt32LE(this.offsetOf(label) - (this.#origin + at + 4), at)
    return code
  }
}

const int32 = (value: number): readonly number[] => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return [...bytes]
}
