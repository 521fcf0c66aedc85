/** System calls that Node does not have, made by Perl. Each starts a process, so they are for what is rarely done. */
import { spawnSync } from 'node:child_process'
import { Errno } from './protocol.ts'

/** Numbers of the calls, by architecture (asm/unistd.h). */
const NUMBERS: Partial<
  Record<NodeJS.Architecture, { mknodat: number; fallocate: number; renameat2: number }>
> = {
  x64: { mknodat: 259, fallocate: 285, renameat2: 316 },
  arm64: { mknodat: 33, fallocate: 47, renameat2: 276 },
}

const AT_FDCWD = -100

/** Arguments: paths in hexadecimal after `p`, descriptors of files to open after `f`, or numbers. Exits with the errno. */
const SCRIPT = `
my @open;
my ($number, @arguments) = map {
  /^p(.*)/ ? pack("H*", $1) :
  /^f(.*)/ ? do { open my $file, "+<", pack("H*", $1) or exit $! + 0; push @open, $file; fileno $file } :
  $_ + 0
} @ARGV;
exit 0 if syscall($number, @arguments) >= 0;
exit $! + 0;
`

type Argument = number | { readonly path: Buffer } | { readonly opened: Buffer }

/** Paths of our own descriptors must hold in another process. */
const hexOf = (path: Buffer): string =>
  Buffer.from(path.toString('latin1').replace(/^\/proc\/self\//, `/proc/${process.pid}/`), 'latin1').toString(
    'hex',
  )

const worded = (argument: Argument): string => {
  if (typeof argument === 'number') return String(argument)
  return 'path' in argument ? `p${hexOf(argument.path)}` : `f${hexOf(argument.opened)}`
}

/** @throws an error with `errno` (positive) if the call fails; EOPNOTSUPP if it cannot be made here. */
const call = (name: keyof NonNullable<(typeof NUMBERS)['x64']>, ...given: readonly Argument[]): void => {
  const number = NUMBERS[process.arch]?.[name]
  if (number === undefined) throw new Errno('EOPNOTSUPP')
  const { status } = spawnSync('perl', ['-e', SCRIPT, String(number), ...given.map(worded)], {
    stdio: 'ignore',
  })
  if (status === null) throw new Errno('EIO')
  if (status !== 0) throw Object.assign(new Error(`${name} failed`), { errno: status })
}

/** @param mode with the type of the file: a FIFO or a socket */
export const makeNode = (path: Buffer, mode: number): void => call('mknodat', AT_FDCWD, { path }, mode, 0)

/** @param path of a regular file */
export const allocate = (path: Buffer, mode: number, at: number, length: number): void =>
  call('fallocate', { opened: path }, mode, at, length)

const RENAME_EXCHANGE = 2

/** Exchanges two names atomically. */
export const exchange = (a: Buffer, b: Buffer): void =>
  call('renameat2', AT_FDCWD, { path: a }, AT_FDCWD, { path: b }, RENAME_EXCHANGE)
