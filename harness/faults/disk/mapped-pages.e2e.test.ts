/** What our disk does with pages that were changed through a memory map, which the kernel writes back by itself. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import { expect, it } from 'vitest'
import type { DiskRule } from '../../api/disk.ts'
import { describeWith, missingLinuxRoot } from '../../testing/capabilities.ts'
import { mountDisk } from './disk.ts'

/** Numbers of mmap, read and msync. */
const NUMBERS = process.arch === 'x64' ? ['9', '0', '26'] : ['222', '63', '227']

/** The page is changed by reading into it, and written by msync, which waits for it without an end of its own. */
const SCRIPT = `
my ($mmap, $read, $msync) = @ARGV;
sysopen my $file, "mapped", 0102, 0600 or exit 1;
syswrite $file, "\\0" x 4096;
my $page = syscall $mmap + 0, 0, 4096, 3, 1, fileno $file, 0;
open my $zeros, "<", "/dev/zero" or exit 1;
$| = 1;
while (1) {
  exit 2 if syscall($read + 0, fileno $zeros, $page, 1) != 1;
  print "changed\\n";
  exit 3 if syscall($msync + 0, $page, 4096, 4) != 0;
}
`

const STALL: DiskRule = {
  fault: 'disk-1',
  kinds: ['write'],
  effect: 'stall',
  meanMs: 0,
  distribution: 'fixed',
  errno: 'EIO',
  probability: 1,
  paths: '',
}

describeWith(missingLinuxRoot(), 'mapped pages on the FUSE disk', () => {
  it('keep no process alive that is killed during a stall while it waits for one to be written', async () => {
    const directory = fs.mkdtempSync('/var/tmp/faultline-disk-')
    {
      await using disk = await mountDisk({
        noticesSync: false,
        directory,
        durability: 'strict',
        seed: 1,
        cgroup: `faultline-test-mapped-${process.pid}`,
        journal: { record: () => {} },
      })
      const child = spawn('perl', ['-e', SCRIPT, ...NUMBERS], {
        cwd: disk.path,
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      await once(child.stdout, 'data')
      await disk.setRules('disk-1', [STALL])
      // So it has changed the page during the stall, and waits or has waited for it.
      await once(child.stdout, 'data')
      await once(child.stdout, 'data')
      child.kill('SIGKILL')
      expect((await once(child, 'exit'))[1]).toBe('SIGKILL')
      expect(await disk.held('disk-1')).toBe(0)
    }
    fs.rmSync(directory, { recursive: true })
  })
})
