/** Redis with steps that say in their logs when they ran, and as whom. */
import { redis } from '../../targets/redis/target.ts'
import type { LaunchSpec, StepSpec } from '../api/target.ts'
import { defineTarget } from '../support/define.ts'

const step = (name: string, script: string, more: Partial<StepSpec> = {}): StepSpec => ({
  name,
  argv: ['/bin/sh', '-c', script],
  env: {},
  ...more,
})

const STEPS: NonNullable<LaunchSpec['steps']> = {
  firstStart: [step('initialise', 'mkdir own && echo "initialised as $(id -un)"', { user: 'nobody' })],
  restart: [step('again', 'test -d own && echo "starts again"')],
  allReady: [step('join', 'echo "all are ready"')],
}

/** The server ends by SIGINT only, which is passed on to it as SIGTERM. */
const STOPPED_BY_INT = `trap '' TERM; trap 'echo "stopped by SIGINT"; kill "$server"; wait "$server"; exit 0' INT
"$@" & server=$!; while :; do wait; done`

export default defineTarget<typeof redis.options>({
  ...redis,
  name: 'steps',
  description: 'Redis with steps',
  launch: (node, plan, program) => {
    const { files, processes } = redis.launch(node, plan, program)
    return {
      files,
      steps: STEPS,
      processes: processes.map((server) => ({
        ...server,
        argv: ['/bin/sh', '-c', STOPPED_BY_INT, 'sh', ...server.argv],
        limits: { nofile: 1000 },
        stopSignal: 'SIGINT',
      })),
    }
  },
})
