/** The command line that starts a program as its spec says: as which user, where, and with which umask. */
import type { ProcessSpec } from '../api/target.ts'

/** `id` is asked where the program runs: a container has users of its own. */
const AS_USER = 'exec setpriv --reuid "$0" --regid "$(id -g "$0")" --init-groups -- "$@"'

/** Each part executes the next, so the process that is started becomes the program. */
export const commandOf = ({ argv, user, directory, umask }: ProcessSpec): readonly string[] => {
  const withUmask =
    umask === undefined ? argv : ['sh', '-c', `umask ${umask.toString(8)} && exec "$@"`, 'sh', ...argv]
  const asUser = user === undefined ? withUmask : ['sh', '-c', AS_USER, user, ...withUmask]
  return directory === undefined ? asUser : ['env', '--chdir', directory, ...asUser]
}
