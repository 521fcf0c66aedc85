/** The command line that starts a program as its spec says: as which user, where, with which umask and limits. */
import type { ProcessSpec } from '../api/target.ts'

/** `id` is asked where the program runs: a container has users of its own. */
const AS_USER = 'exec setpriv --reuid "$0" --regid "$(id -g "$0")" --init-groups -- "$@"'

/** Each part executes the next, so the process that is started becomes the program. */
export const commandOf = ({ argv, user, directory, umask, limits = {} }: ProcessSpec): readonly string[] => {
  const withUmask =
    umask === undefined ? argv : ['sh', '-c', `umask ${umask.toString(8)} && exec "$@"`, 'sh', ...argv]
  const asUser = user === undefined ? withUmask : ['sh', '-c', AS_USER, user, ...withUmask]
  const limited = Object.entries(limits).map(([name, value]) => `--${name}=${value}`)
  // Before the user is changed: only root can raise a limit.
  const withLimits = limited.length === 0 ? asUser : ['prlimit', ...limited, '--', ...asUser]
  return directory === undefined ? withLimits : ['env', '--chdir', directory, ...withLimits]
}
