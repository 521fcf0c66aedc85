/** The sink as a service beside a cluster, and the option that requests it. */

import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { OptionSpec } from '../../harness/api/options.ts'
import type { ServiceSpec } from '../../harness/api/target.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import { SINK, SINK_MODES, type SinkMode } from '../../harness/vocabularies/effects.ts'
import { JsonHttp } from '../http.ts'
import { SINK_PORT } from './port.ts'

const NO_SINK = 'none'
const LOG = 'sink.jsonl'

export const sinkOption = {
  type: 'string',
  default: NO_SINK,
  choices: [NO_SINK, ...SINK_MODES],
  description: 'the outside world beside the cluster, for workloads with effects',
} as const satisfies OptionSpec

/** The values of the option. */
type SinkChoice = (typeof sinkOption.choices)[number]

const extension = import.meta.filename.endsWith('.ts') ? 'ts' : 'js'
const program = fileURLToPath(new URL(`main.${extension}`, import.meta.url))
const control = new JsonHttp()

const sink = (mode: SinkMode): ServiceSpec => ({
  name: SINK,
  // The image has the libraries of Node, and not Node itself: the sink runs under the Node that runs faultline.
  image: 'sink',
  hostFiles: [process.execPath, program],
  keeps: LOG,
  launch: ({ address, dataDir }) => ({
    files: {},
    processes: [
      {
        name: SINK,
        argv: [process.execPath, program, address, String(SINK_PORT), mode, path.join(dataDir, LOG)],
        env: { NODE_NO_WARNINGS: '1' },
      },
    ],
  }),
  ready: async ({ address }, signal) => {
    const result = await control.request(`http://${address}:${SINK_PORT}`, 'GET', '/', undefined, signal)
    return result.type === 'response' && result.status === 200
  },
})

/** The service that the option requests, if any. */
export const sinksOf = (choice: SinkChoice): readonly ServiceSpec[] =>
  choice === NO_SINK ? [] : [sink(choice)]

/** Why a vocabulary cannot be used without a sink; null if it can, or there is a sink. */
export const lacksSink = (vocabulary: Vocabulary, choice: SinkChoice): string | null =>
  vocabulary.services.includes(SINK) && choice === NO_SINK
    ? `it needs a sink beside it, where its effects happen: --target-opts sink=${SINK_MODES.join(' or sink=')}`
    : null
