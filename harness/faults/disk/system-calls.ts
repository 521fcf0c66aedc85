/**
 * System calls that Node does not have, made by a process of Perl that is started when the first is needed. It is asked
 * and answers over two FIFOs, which we write and read synchronously: about 40 us a call.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Errno } from './protocol.ts'
import type { Extent } from './space.ts'

/** Numbers of the calls (asm/unistd.h): x86-64, arm64. */
const NUMBERS = {
  fallocate: [285, 47],
  getdents64: [217, 61],
  getxattr: [191, 8],
  ioctl: [16, 29],
  linkat: [265, 37],
  listxattr: [194, 11],
  lseek: [8, 62],
  mknodat: [259, 33],
  removexattr: [197, 14],
  renameat2: [316, 276],
  setxattr: [188, 5],
  utimensat: [280, 88],
} as const

const AT_FDCWD = -100
const AT_SYMLINK_FOLLOW = 0x400

/**
 * Requests are lines of words: the number of the call, then its arguments: `n` a number; in hexadecimal `b` bytes, `w` a
 * file to be opened for reading and writing, `r` for reading; `x` bytes that are changed, `o` the size of a buffer to be
 * filled with as many bytes as the result says. The answer is the errno, the result and the buffer in hexadecimal.
 */
const SCRIPT = `
$| = 1;
$SIG{$_} = "IGNORE" for qw(INT TERM HUP);
while (defined(my $line = <STDIN>)) {
  my ($number, @words) = split " ", $line;
  my (@arguments, @open, $buffer, $isRoom);
  my $failed = 0;
  for (@words) {
    my ($kind, $text) = /^(.)(.*)/;
    if ($kind eq "n") { push @arguments, $text + 0 }
    elsif ($kind eq "b") { push @arguments, pack "H*", $text }
    elsif ($kind eq "x") { push @arguments, pack "H*", $text; $buffer = $#arguments }
    elsif ($kind eq "o") { push @arguments, "\\0" x $text; $buffer = $#arguments; $isRoom = 1 }
    elsif (sysopen my $file, pack("H*", $text), $kind eq "w" ? 2 : 0) { push @open, $file; push @arguments, fileno $file }
    else { $failed = $! + 0; last }
  }
  my $result = $failed ? -1 : syscall $number + 0, @arguments;
  $failed = $! + 0 if $result < 0 && !$failed;
  my $filled = $failed || !defined $buffer ? "" : $arguments[$buffer];
  $filled = substr $filled, 0, $result if $isRoom && $result < length $filled;
  $filled = unpack "H*", $filled;
  print "$failed $result $filled\\n";
}
`

type Argument =
  | number
  /** A path, or what else is passed by its address. */
  | { readonly bytes: Buffer }
  | { readonly opened: Buffer; readonly writable: boolean }
  | { readonly room: number }
  | { readonly changed: Buffer }

/** Paths of our own descriptors must hold in another process. */
const hexOf = (file: Buffer): string =>
  Buffer.from(file.toString('latin1').replace(/^\/proc\/self\//, `/proc/${process.pid}/`), 'latin1').toString(
    'hex',
  )

const worded = (argument: Argument): string => {
  if (typeof argument === 'number') return `n${argument}`
  if ('bytes' in argument) return `b${hexOf(argument.bytes)}`
  if ('changed' in argument) return `x${argument.changed.toString('hex')}`
  if ('room' in argument) return `o${argument.room}`
  return `${argument.writable ? 'w' : 'r'}${hexOf(argument.opened)}`
}

/** The process of Perl, and our ends of the FIFOs. */
class Helper {
  readonly process: ChildProcess
  readonly #requests: number
  readonly #answers: number
  readonly #buffer = Buffer.allocUnsafe(2 ** 18)

  constructor() {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'faultline-calls-'))
    const [requests, answers] = [path.join(directory, 'requests'), path.join(directory, 'answers')]
    try {
      spawnSync('mkfifo', ['-m', '600', requests, answers], { stdio: 'ignore' })
      // As long as one descriptor has both ends, opening the others does not wait.
      const both = [requests, answers].map((fifo) => fs.openSync(fifo, 'r+'))
      const theirs = [fs.openSync(requests, 'r'), fs.openSync(answers, 'w')] as const
      this.#requests = fs.openSync(requests, 'w')
      this.#answers = fs.openSync(answers, 'r')
      this.process = spawn('perl', ['-e', SCRIPT], { stdio: [...theirs, 'ignore'] })
      this.process.on('error', () => {})
      this.process.unref()
      for (const fd of [...both, ...theirs]) fs.closeSync(fd)
    } finally {
      fs.rmSync(directory, { recursive: true, force: true })
    }
  }

  ask(line: string): string {
    const bytes = Buffer.from(`${line}\n`, 'latin1')
    for (let at = 0; at < bytes.length; ) at += fs.writeSync(this.#requests, bytes, at)
    let answer = ''
    while (!answer.endsWith('\n')) {
      const length = fs.readSync(this.#answers, this.#buffer)
      if (length === 0) throw new Errno('EIO')
      answer += this.#buffer.toString('latin1', 0, length)
    }
    return answer
  }

  close(): void {
    fs.closeSync(this.#requests)
    fs.closeSync(this.#answers)
  }
}

let helper: Helper | null = null

interface Result {
  readonly value: number
  /** What was filled or changed. */
  readonly bytes: Buffer
}

/** @throws an error with `errno` (positive) if the call fails; EOPNOTSUPP if it cannot be made here. */
const call = (name: keyof typeof NUMBERS, ...given: readonly Argument[]): Result => {
  if (process.arch !== 'x64' && process.arch !== 'arm64') throw new Errno('EOPNOTSUPP')
  const number = NUMBERS[name][process.arch === 'x64' ? 0 : 1]
  let answer: string
  try {
    helper ??= new Helper()
    answer = helper.ask([number, ...given.map(worded)].join(' '))
  } catch (error) {
    helper?.close()
    helper = null
    throw error
  }
  const [errno, value, filled] = answer.trimEnd().split(' ')
  if (errno !== '0') throw Object.assign(new Error(`${name} failed`), { errno: Number(errno) })
  return { value: Number(value), bytes: Buffer.from(filled ?? '', 'hex') }
}

const text = (value: string): Argument => ({ bytes: Buffer.from(value, 'latin1') })
const named = (file: Buffer): Argument => ({ bytes: file })

/** @param mode with the type of the file: a FIFO, a socket or a device */
export const makeNode = (file: Buffer, mode: number, device: number): void => {
  call('mknodat', AT_FDCWD, named(file), mode, device)
}

/** @param file a path of a regular file */
export const allocate = (file: Buffer, mode: number, at: number, length: number): void => {
  call('fallocate', { opened: file, writable: true }, mode, at, length)
}

const RENAME_EXCHANGE = 2

/** Exchanges two names atomically. */
export const exchange = (a: Buffer, b: Buffer): void => {
  call('renameat2', AT_FDCWD, named(a), AT_FDCWD, named(b), RENAME_EXCHANGE)
}

/** Gives a name to an open file that has none. */
export const linkOpened = (file: Buffer, name: Buffer): void => {
  call('linkat', AT_FDCWD, named(file), AT_FDCWD, named(name), AT_SYMLINK_FOLLOW)
}

/** Where the next data, or the next hole, begins. */
export const seek = (file: Buffer, at: number, whence: number): number =>
  call('lseek', { opened: file, writable: false }, at, whence).value

/** What a directory contains (struct linux_dirent64), at least all of it if that needs no more than `room` bytes. */
export const readDirectory = (directory: Buffer, room: number): Buffer =>
  call('getdents64', { opened: directory, writable: false }, { room }, room).bytes

const MOST_EXTENTS = 500
const EXTENT_BYTES = 56
const EXTENTS_AT = 32

/** The parts of a range that have blocks (linux/fiemap.h), the first ones if there are very many. */
export const extentsOf = (file: Buffer, at: number, length: number): readonly Extent[] => {
  const FS_IOC_FIEMAP = 0xc020660b
  const request = Buffer.alloc(EXTENTS_AT + MOST_EXTENTS * EXTENT_BYTES)
  request.writeBigUInt64LE(BigInt(at), 0)
  request.writeBigUInt64LE(BigInt(length), 8)
  request.writeUInt32LE(MOST_EXTENTS, 24)
  const { bytes } = call('ioctl', { opened: file, writable: false }, FS_IOC_FIEMAP, { changed: request })
  return Array.from({ length: bytes.readUInt32LE(20) }, (_, i) => {
    const extent = bytes.subarray(EXTENTS_AT + i * EXTENT_BYTES)
    return { at: Number(extent.readBigUInt64LE(0)), length: Number(extent.readBigUInt64LE(16)) }
  })
}

/** Exact, unlike Node's, whose times are doubles. */
export interface FileTime {
  readonly seconds: bigint
  /** Or one of the two values below. */
  readonly ns: number
}
export const UTIME_NOW = 0x3fffffff
export const UTIME_OMIT = 0x3ffffffe

export const setTimes = (file: Buffer, times: readonly [atime: FileTime, mtime: FileTime]): void => {
  const bytes = Buffer.alloc(32)
  for (const [i, { seconds, ns }] of times.entries()) {
    bytes.writeBigInt64LE(seconds, 16 * i)
    bytes.writeBigInt64LE(BigInt(ns), 16 * i + 8)
  }
  call('utimensat', AT_FDCWD, named(file), { bytes }, 0)
}

/** A `room` of 0 asks for the size only. */
export const getXattr = (file: Buffer, name: string, room: number): Result =>
  call('getxattr', named(file), text(name), { room }, room)

/** Names, each with a zero byte at its end. */
export const listXattrs = (file: Buffer): Buffer => {
  const room = 2 ** 16
  return call('listxattr', named(file), { room }, room).bytes
}

export const setXattr = (file: Buffer, name: string, value: Buffer, flags: number): void => {
  // Perl passes the address of a string, and an empty one has an address too.
  call('setxattr', named(file), text(name), { bytes: value }, value.length, flags)
}

export const removeXattr = (file: Buffer, name: string): void => {
  call('removexattr', named(file), text(name))
}
