/**
 * The vDSO is the small ELF image by which the kernel gives each process its clock functions. This module finds it in a
 * process's memory map and parses as much of it as is needed to place code in front of those functions. x86-64 only.
 */

export interface VdsoRange {
  readonly start: number
  readonly end: number
}

/**
 * @param maps the text of /proc/PID/maps
 * @returns null if the process has no vDSO
 */
export const findVdso = (maps: string): VdsoRange | null => {
  const match = /^([0-9a-f]+)-([0-9a-f]+) .*\[vdso\]$/m.exec(maps)
  if (match === null) return null
  // User addresses are below 2^47, so a Number can hold them.
  return { start: Number.parseInt(match[1] as string, 16), end: Number.parseInt(match[2] as string, 16) }
}

export interface Vdso {
  /** Offset in the image of each exported function. */
  readonly functions: ReadonlyMap<string, number>
  /** Offset where the image's own content ends. Zeros follow up to the end of the page. */
  readonly contentEnd: number
}

export class UnknownVdsoError extends Error {}

const ELF_MAGIC = 0x7f454c46
const CLASS_64 = 2
const MACHINE_X86_64 = 62
const SEGMENT_LOAD = 1
const SEGMENT_DYNAMIC = 2
const TAG_HASH = 4
const TAG_STRINGS = 5
const TAG_SYMBOLS = 6
const SYMBOL_BYTES = 24
const TYPE_FUNCTION = 2

const u64 = (image: Buffer, at: number): number => Number(image.readBigUInt64LE(at))

interface Dynamic {
  /** Address of the image's first byte in the ELF's own terms. */
  readonly base: number
  readonly at: number
}

const findDynamic = (image: Buffer): Dynamic => {
  const headers = u64(image, 32)
  const count = image.readUInt16LE(56)
  let base = 0
  let at: number | null = null
  for (let i = 0; i < count; i++) {
    const header = headers + 56 * i
    const type = image.readUInt32LE(header)
    if (type === SEGMENT_LOAD) base = u64(image, header + 16) - u64(image, header + 8)
    if (type === SEGMENT_DYNAMIC) at = u64(image, header + 8)
  }
  if (at === null) throw new UnknownVdsoError('the vDSO has no dynamic segment')
  return { base, at }
}

/** Tag -> offset in the image. */
const readTags = (image: Buffer, { base, at }: Dynamic): ReadonlyMap<number, number> => {
  const tags = new Map<number, number>()
  for (let entry = at; ; entry += 16) {
    const tag = u64(image, entry)
    if (tag === 0) return tags
    tags.set(tag, Number(BigInt.asUintN(48, image.readBigUInt64LE(entry + 8))) - base)
  }
}

const countSymbols = (image: Buffer, tags: ReadonlyMap<number, number>): number => {
  const hash = tags.get(TAG_HASH)
  if (hash !== undefined) return image.readUInt32LE(hash + 4)
  // Without the old hash table, the number follows from the string table, which comes right after the symbols.
  return Math.floor(((tags.get(TAG_STRINGS) as number) - (tags.get(TAG_SYMBOLS) as number)) / SYMBOL_BYTES)
}

/** @throws UnknownVdsoError if the image is not understood. */
export const parseVdso = (image: Buffer): Vdso => {
  if (image.readUInt32BE(0) !== ELF_MAGIC) throw new UnknownVdsoError('the vDSO is not an ELF image')
  if (image[4] !== CLASS_64 || image.readUInt16LE(18) !== MACHINE_X86_64)
    throw new UnknownVdsoError(`the vDSO is for ELF machine ${image.readUInt16LE(18)}, not x86-64`)
  const dynamic = findDynamic(image)
  const tags = readTags(image, dynamic)
  const symbols = tags.get(TAG_SYMBOLS)
  const strings = tags.get(TAG_STRINGS)
  if (symbols === undefined || strings === undefined) throw new UnknownVdsoError('the vDSO exports nothing')
  const functions = new Map<string, number>()
  for (let i = 0; i < countSymbols(image, tags); i++) {
    const symbol = symbols + SYMBOL_BYTES * i
    const isDefined = image.readUInt16LE(symbol + 6) !== 0
    if (!isDefined || ((image[symbol + 4] as number) & 15) !== TYPE_FUNCTION) continue
    const name = strings + image.readUInt32LE(symbol)
    functions.set(
      image.toString('latin1', name, image.indexOf(0, name)),
      u64(image, symbol + 8) - dynamic.base,
    )
  }
  const sectionsAt = u64(image, 40)
  const contentEnd = sectionsAt === 0 ? image.length : sectionsAt + 64 * image.readUInt16LE(60)
  return { functions, contentEnd }
}

/** Length of a jump with a 32-bit displacement, which is written over a function's first instructions. */
export const JUMP_BYTES = 5

const isRegister = (byte: number | undefined): boolean => byte !== undefined && byte >= 0xc0

/**
 * Length of a position-independent instruction of the kinds that compilers put at the start of functions; 0: unknown.
 */
const instructionLength = (image: Buffer, at: number): number => {
  const [a, b, c, d] = image.subarray(at, at + 4) as unknown as [number, number, number, number]
  if (a >= 0x50 && a <= 0x57) return 1 // push
  if (a === 0x41 && b >= 0x50 && b <= 0x57) return 2 // push r8 to r15
  if (a === 0xf3 && b === 0x0f && c === 0x1e && d === 0xfa) return 4 // endbr64
  const moves = (byte: number): boolean => byte === 0x89 || byte === 0x31 || byte === 0x85 // mov, xor, test
  if (a >= 0x48 && a <= 0x4f && moves(b) && isRegister(c)) return 3
  if (moves(a) && isRegister(b)) return 2
  if (a === 0x83 && isRegister(b)) return 3 // add to cmp with an 8-bit constant
  if (a === 0x48 && b === 0x83 && isRegister(c)) return 4
  if (a === 0x48 && b === 0x81 && isRegister(c)) return 7
  if (a >= 0xb8 && a <= 0xbf) return 5 // mov of a constant
  return 0
}

/**
 * Length of the whole instructions at a function's entry that can be moved to make room for a jump; null if one is
 * unknown.
 */
export const movablePrologue = (image: Buffer, entry: number): number | null => {
  let length = 0
  while (length < JUMP_BYTES) {
    const next = instructionLength(image, entry + length)
    if (next === 0) return null
    length += next
  }
  return length
}
