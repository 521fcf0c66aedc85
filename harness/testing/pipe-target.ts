/** Redis with a register client that is a program: its command line, words separated by spaces, is an option. */
import { pipeClient } from '../../targets/pipe-client.ts'
import { redis } from '../../targets/redis/target.ts'
import type { OptionSpecs } from '../api/options.ts'
import { defineTarget } from '../support/define.ts'

const options = {
  ...redis.options,
  client: { type: 'string', default: '', description: 'the command line of the client' },
} as const satisfies OptionSpecs

const piped = defineTarget<typeof options>({
  ...redis,
  name: 'piped',
  description: 'Redis with a client in another language',
  options,
  claims: (chosen, vocabulary) => ({
    ...redis.claims(chosen, vocabulary),
    source: 'harness/testing/pipe-target.ts',
  }),
  clients: {
    register: { open: (context) => pipeClient(context.options.client.split(' ')).open(context) },
  },
})

export default piped
