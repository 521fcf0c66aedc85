/** Taking mounts down. */
import fs from 'node:fs'
import { execaSync } from 'execa'

/** Lazily, so that nothing hung can hold it up. Harmless where nothing is mounted. */
export const unmount = (mount: string): void => {
  const isMounted = (): boolean =>
    fs
      .readFileSync('/proc/self/mountinfo', 'latin1')
      .split('\n')
      .some((line) => line.split(' ')[4] === mount)
  while (isMounted()) execaSync('umount', ['--lazy', mount])
}
