/** Redis, started as programs are in the wild: the process that faultline starts is not the server. */
import { redis } from '../../targets/redis/target.ts'
import type { OptionSpecs } from '../api/options.ts'
import { defineTarget } from '../support/define.ts'

/** A shell script for each, whose arguments are the server's command line. */
const LAUNCHERS: Readonly<Record<string, string>> = {
  // A shell that waits for its child, as mysqld_safe does.
  shell: '"$@"; echo the server ended with $?',
  // What was started ends, and the server's parent is PID 1.
  daemon: 'setsid "$@" & exit 0',
  // What was started stays, and the server is no child of it.
  'half-daemon': '( setsid "$@" & ); exec sleep infinity',
  supervisor: 'while :; do "$@"; sleep 0.05; done',
}

const options = {
  ...redis.options,
  launcher: {
    type: 'string',
    default: 'shell',
    choices: Object.keys(LAUNCHERS),
    description: 'what starts the server',
  },
} as const satisfies OptionSpecs

const launchers = defineTarget<typeof options>({
  ...redis,
  name: 'launchers',
  description: 'Redis behind a launcher',
  options,
  claims: (chosen, vocabulary) => ({
    ...redis.claims(chosen, vocabulary),
    source: 'harness/testing/launchers-target.ts',
  }),
  launch: (node, plan, program) => {
    const launch = redis.launch(node, plan, program)
    const script = LAUNCHERS[plan.options.launcher] as string
    return {
      ...launch,
      processes: launch.processes.map((server) => ({
        ...server,
        argv: ['/bin/sh', '-c', script, 'sh', ...server.argv],
      })),
    }
  },
})

export default launchers
