/**
 * Notices `sync` and `syncfs`, of which the kernel does not tell a file system like ours (FUSE_SYNCFS exists, but only for
 * virtiofs and, since Linux 6.18, for block devices). It does write back what was changed through memory maps. So a process
 * of Perl maps a page of a file without a name on the mount and changes it. When the page is written, something has made
 * the kernel write back: a `sync`, or its own habit after 30 seconds. The page is then changed again.
 *
 * What was written before that is durable. What is written until the page is changed again counts as durable too, since
 * another `sync` could not be noticed meanwhile: nobody is blamed for what may have been synced.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Request } from './protocol.ts'

/** Numbers of mmap and read. */
const NUMBERS: Partial<Record<NodeJS.Architecture, readonly [mmap: number, read: number]>> = {
  x64: [9, 0],
  arm64: [222, 63],
}

/** The page is changed by reading a byte into it: Perl cannot write to memory. Each answer says that it is changed. */
const SCRIPT = `
my ($file, $mmap, $read) = @ARGV;
$| = 1;
$SIG{$_} = "IGNORE" for qw(INT TERM HUP);
sysopen my $page, $file, 0302, 0600 or exit 1;
syswrite $page, "\\0" x 4096;
unlink $file;
my $address = syscall $mmap + 0, 0, 4096, 3, 1, fileno $page, 0;
exit 1 if $address == -1;
open my $zeros, "<", "/dev/zero" or exit 1;
do {
  exit 1 if syscall($read + 0, fileno $zeros, $address, 1) != 1;
  print "changed\\n";
} while (defined <STDIN>);
`

export class SyncWatch {
  readonly #process: ChildProcess
  readonly #onSync: () => void
  #node: number | null = null

  /**
   * @param onSync what was written so far is durable
   * @param onReady it is watching; or it cannot, and nothing will be noticed
   */
  constructor(mount: string, onSync: () => void, onReady: () => void) {
    this.#onSync = onSync
    const numbers = (NUMBERS[process.arch] ?? []).map(String)
    this.#process = spawn('perl', ['-e', SCRIPT, `${mount}/.faultline-${process.pid}`, ...numbers], {
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    let isReady = false
    const ready = (): void => {
      if (!isReady) onReady()
      isReady = true
    }
    this.#process.stdout?.on('data', () => {
      if (isReady) onSync()
      ready()
    })
    this.#process.on('error', ready)
    this.#process.on('exit', ready)
    this.#process.stdin?.on('error', () => {})
  }

  /** The inode of its page; null if it has none. */
  get node(): number | null {
    return this.#node
  }

  /** To be called with what was made for a request to create a file. */
  created(request: Request, node: number): void {
    if (request.pid === this.#process.pid) this.#node ??= node
  }

  /** Whether a write is that of the page. */
  isPage(request: Request): boolean {
    return request.operation === 'write' && request.nodeId === this.#node && request.pid !== this.#process.pid
  }

  /** To be called once the write of the page was answered. */
  written(): void {
    this.#onSync()
    this.#process.stdin?.write('\n')
  }
}
