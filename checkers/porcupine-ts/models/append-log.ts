/** Logs: append (which may return the offset), and read of everything from the start. */
import type { Model } from '../model.ts'
import { decideAppendLog } from '../specialised/append-log.ts'
import type { LogInput, LogOutput, Scalar } from './calls.ts'
import { equalSequences, hashSequence, inWords, partitionOf } from './sequence.ts'

export type { LogInput, LogOutput } from './calls.ts'

const listed = (values: readonly Scalar[]): string => `[${values.map(inWords).join(', ')}]`

const told = (output: LogOutput | undefined): string =>
  output === undefined ? '?' : typeof output === 'object' && output !== null ? listed(output) : String(output)

/** Kinds of rows. */
const APPEND = 0
const READ = 1

export const appendLog: Model<readonly Scalar[], LogInput, LogOutput> = {
  name: 'append-log',
  init: () => [],
  step: (state, input, output) => {
    if (input.f === 'append')
      return typeof output === 'number' && output !== state.length ? undefined : [...state, input.value]
    return output === undefined || equalSequences(output as readonly Scalar[], state) ? state : undefined
  },
  equal: equalSequences,
  hash: hashSequence,
  readOnly: (input) => input.f === 'read',
  classify: (input, output) => `${input.f === 'append' ? `a${inWords(input.value)}` : 'r'} ${told(output)}`,
  partition: ({ key }) => partitionOf(key),
  describe: (input, output) =>
    input.f === 'append'
      ? `append ${inWords(input.value)}${typeof output === 'number' ? ` -> offset ${output}` : output === undefined ? ' ?' : ''}`
      : `read -> ${told(output)}`,
  describeState: (state) => listed(state),
  packing: {
    pack: ({ key, ...input }, output) =>
      input.f === 'append'
        ? { kind: APPEND, key, value: input.value, second: (output ?? null) as number | null }
        : { kind: READ, key, value: null, second: null, list: (output ?? []) as readonly Scalar[] },
    unpack: ({ kind, key, value, second, list }) =>
      kind === APPEND
        ? { input: { f: 'append', key, value: value as Scalar }, output: second as number | null }
        : { input: { f: 'read', key }, output: list ?? [] },
  },
  specialised: decideAppendLog,
}
