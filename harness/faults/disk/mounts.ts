/** Taking mounts down. */
import fs from 'node:fs'
import { execaSync } from 'execa'

/** Unmounts lazily, so that a hung process cannot delay it. Does nothing if nothing is mounted. */
export const unmount = (mount: string): void => {
  const isMounted = (): boolean =>
    fs
      .readFileSync('/proc/self/mountinfo', 'latin1')
      .split('\n')
      .some((line) => line.split(' ')[4] === mount)
  while (isMounted()) execaSync('umount', ['--lazy', mount])
}
