/**
 * The code and data that are written into a process's own vDSO while its clock is skewed.
 *
 * CLOCK_REALTIME (also _COARSE and TAI), gettimeofday and time return `t + offset + (t - since) * rate / 2^32`, where t
 * is the result of the kernel's own function. Every other clock is passed through. There are two slots of (offset, since,
 * rate) and an index that says which one is in force. A change writes the other slot and then the index, eight bytes at
 * once, so that no caller ever sees half of a change.
 */
import { Assembler } from './assembler.ts'
import { movablePrologue } from './vdso.ts'

/** Layout of the data in front of the code: index (8), magic (8), two slots of three 64-bit numbers. */
export const DATA_BYTES = 64
export const INDEX_AT = 0
export const MAGIC_AT = 8
export const SLOTS_AT = 16
export const SLOT_BYTES = 24
export const MAGIC = 0x656e_696c_746c_7561n

/** Names of the functions that are replaced. */
export const REPLACED = ['clock_gettime', 'gettimeofday', 'time'] as const
export type Replaced = (typeof REPLACED)[number]

export interface Stub {
  /** Data and code, to be written at the stub's offset. */
  readonly bytes: Buffer
  /** Offset in the image of the replacement of each function. */
  readonly entries: Readonly<Record<Replaced, number>>
  /** False if the original function could not be moved aside: each call is then a system call. */
  readonly isFast: boolean
}

const SYS_CLOCK_GETTIME = 228

/** The original clock_gettime: its first instructions, moved here, then a jump to the rest; or the system call. */
const emitOriginal = (asm: Assembler, image: Buffer, entry: number): boolean => {
  const length = movablePrologue(image, entry)
  asm.label('original')
  if (length === null) {
    asm.emit(0xb8, SYS_CLOCK_GETTIME, 0, 0, 0, 0x0f, 0x05, 0xc3) // mov eax, number; syscall; ret
    return false
  }
  asm.emit(...image.subarray(entry, entry + length), 0xe9).displacement(entry + length)
  return true
}

/** r8 = time in ns -> r8 = skewed time in ns. Does not change rsi and rdi. */
const emitAdjust = (asm: Assembler, dataAt: number): void => {
  asm
    .label('adjust')
    .emit(0x48, 0x8d, 0x0d)
    .displacement(dataAt) // lea rcx, [rip + data]
    .emit(0x48, 0x8b, 0x01) // mov rax, [rcx]: offset of the slot in force
    .emit(0x48, 0x8d, 0x4c, 0x01, SLOTS_AT) // lea rcx, [rcx + rax + slots]
    .emit(0x4d, 0x89, 0xc1) // mov r9, r8
    .emit(0x4c, 0x03, 0x01) // add r8, [rcx]: + offset
    .emit(0x4c, 0x89, 0xc8) // mov rax, r9
    .emit(0x48, 0x2b, 0x41, 0x08) // sub rax, [rcx + 8]: t - since
    .emit(0x48, 0xf7, 0x69, 0x10) // imul qword [rcx + 16]: rdx:rax = that * rate
    .emit(0x48, 0x0f, 0xac, 0xd0, 0x20) // shrd rax, rdx, 32
    .emit(0x49, 0x01, 0xc0, 0xc3) // add r8, rax; ret
}

/** r8 = ns -> rax = seconds, rdx = remaining ns, never negative. */
const emitDivide = (asm: Assembler): void => {
  asm
    .label('divide')
    .emit(0x4c, 0x89, 0xc0, 0x48, 0x99) // mov rax, r8; cqo
    .emit(0xb9, 0x00, 0xca, 0x9a, 0x3b) // mov ecx, 1e9
    .emit(0x48, 0xf7, 0xf9) // idiv rcx
    .emit(0x48, 0x85, 0xd2) // test rdx, rdx
    .branch('jns', 'divided')
    .emit(0x48, 0x01, 0xca, 0x48, 0xff, 0xc8) // add rdx, rcx; dec rax
    .label('divided')
    .emit(0xc3)
}

const CLOCK_REALTIME_COARSE = 5
const CLOCK_TAI = 11

/** clock_gettime(edi = clock, rsi = timespec) */
const emitClockGettime = (asm: Assembler): void => {
  asm
    .label('clock_gettime')
    .emit(0x85, 0xff) // test edi, edi: CLOCK_REALTIME is 0
    .branch('je', 'realtime')
    .emit(0x83, 0xff, CLOCK_REALTIME_COARSE) // cmp edi, ...
    .branch('je', 'realtime')
    .emit(0x83, 0xff, CLOCK_TAI)
    .branch('je', 'realtime')
    .branch('jmp', 'original')
    .label('realtime')
    .emit(0x56) // push rsi
    .branch('call', 'original')
    .emit(0x5e, 0x85, 0xc0) // pop rsi; test eax, eax
    .branch('jne', 'failed')
    .emit(0x4c, 0x69, 0x06, 0x00, 0xca, 0x9a, 0x3b) // imul r8, [rsi], 1e9
    .emit(0x4c, 0x03, 0x46, 0x08) // add r8, [rsi + 8]
    .branch('call', 'adjust')
    .branch('call', 'divide')
    .emit(0x48, 0x89, 0x06, 0x48, 0x89, 0x56, 0x08) // mov [rsi], rax; mov [rsi + 8], rdx
    .emit(0x31, 0xc0) // xor eax, eax
    .label('failed')
    .emit(0xc3)
}

/** gettimeofday(rdi = timeval or null, rsi = timezone or null) */
const emitGettimeofday = (asm: Assembler): void => {
  asm
    .label('gettimeofday')
    .emit(0x48, 0x85, 0xff) // test rdi, rdi
    .branch('je', 'timezone')
    .emit(0x57, 0x56, 0x48, 0x89, 0xfe, 0x31, 0xff) // push rdi; push rsi; mov rsi, rdi; xor edi, edi
    .branch('call', 'clock_gettime') // writes a timespec into the timeval, which has the same size
    .emit(0x5e, 0x5f) // pop rsi; pop rdi
    .emit(0x48, 0x8b, 0x47, 0x08, 0x31, 0xd2) // mov rax, [rdi + 8]; xor edx, edx
    .emit(0xb9, 0xe8, 0x03, 0, 0, 0x48, 0xf7, 0xf1) // mov ecx, 1000; div rcx
    .emit(0x48, 0x89, 0x47, 0x08) // mov [rdi + 8], rax: microseconds
    .label('timezone')
    .emit(0x48, 0x85, 0xf6) // test rsi, rsi
    .branch('je', 'done')
    .emit(0x48, 0xc7, 0x06, 0, 0, 0, 0) // mov qword [rsi], 0: the timezone is obsolete
    .label('done')
    .emit(0x31, 0xc0, 0xc3) // xor eax, eax; ret
}

/** time(rdi = address of the result, or null) */
const emitTime = (asm: Assembler): void => {
  asm
    .label('time')
    .emit(0x57, 0x48, 0x83, 0xec, 0x10) // push rdi; sub rsp, 16
    .emit(0x48, 0x89, 0xe6, 0x31, 0xff) // mov rsi, rsp; xor edi, edi
    .branch('call', 'clock_gettime')
    .emit(0x48, 0x8b, 0x04, 0x24, 0x48, 0x83, 0xc4, 0x10, 0x5f) // mov rax, [rsp]; add rsp, 16; pop rdi
    .emit(0x48, 0x85, 0xff) // test rdi, rdi
    .branch('je', 'returned')
    .emit(0x48, 0x89, 0x07) // mov [rdi], rax
    .label('returned')
    .emit(0xc3)
}

/**
 * @param image the vDSO as it is in the process
 * @param original offset of its clock_gettime
 * @param stubAt offset where the stub will be written
 */
export const buildStub = (image: Buffer, original: number, stubAt: number): Stub => {
  const asm = new Assembler(stubAt + DATA_BYTES)
  const isFast = emitOriginal(asm, image, original)
  emitAdjust(asm, stubAt)
  emitDivide(asm)
  emitClockGettime(asm)
  emitGettimeofday(asm)
  emitTime(asm)
  const data = Buffer.alloc(DATA_BYTES)
  data.writeBigUInt64LE(MAGIC, MAGIC_AT)
  const entries = Object.fromEntries(REPLACED.map((name) => [name, asm.offsetOf(name)]))
  return {
    bytes: Buffer.concat([data, asm.assemble()]),
    entries: entries as Record<Replaced, number>,
    isFast,
  }
}

/** The time that the clock shows, relative to the host's clock. */
export interface Skew {
  readonly offsetNs: bigint
  /** Host time (ns since the epoch) from which the rate counts. */
  readonly sinceNs: bigint
  /** Parts per million that the clock gains; at -1,000,000 it stands still. */
  readonly ratePpm: number
}

export const NO_SKEW: Skew = { offsetNs: 0n, sinceNs: 0n, ratePpm: 0 }

const RATE_ONE = 2 ** 32

export const encodeSlot = ({ offsetNs, sinceNs, ratePpm }: Skew): Buffer => {
  const slot = Buffer.alloc(SLOT_BYTES)
  slot.writeBigInt64LE(offsetNs, 0)
  slot.writeBigInt64LE(sinceNs, 8)
  slot.writeBigInt64LE(BigInt(Math.round((ratePpm / 1e6) * RATE_ONE)), 16)
  return slot
}

export const decodeSlot = (slot: Buffer): Skew => ({
  offsetNs: slot.readBigInt64LE(0),
  sinceNs: slot.readBigInt64LE(8),
  ratePpm: (Number(slot.readBigInt64LE(16)) / RATE_ONE) * 1e6,
})

/** How far the skewed clock is ahead of the host's clock, in ns, when the host's clock shows `nowNs`. */
export const offsetAt = ({ offsetNs, sinceNs, ratePpm }: Skew, nowNs: bigint): bigint =>
  offsetNs + ((nowNs - sinceNs) * BigInt(Math.round((ratePpm / 1e6) * RATE_ONE))) / BigInt(RATE_ONE)
