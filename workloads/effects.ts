/**
 * Requests that must take effect once. If a request is not acknowledged, the thread repeats it under the same key, a few
 * times. At the end the cluster gets time to complete what it has accepted.
 */
import { effects as checker } from '../checkers/effects/effects.ts'
import { defineWorkload } from '../harness/support/define.ts'
import { EFFECTS, type EffectsCall } from '../harness/vocabularies/effects.ts'
import { standing } from './standing.ts'
import { audit, submissions } from './submissions.ts'

export const effects = defineWorkload({
  name: 'effects',
  description: 'requests that must take effect in the outside world: does each do so exactly once?',
  vocabulary: EFFECTS,
  options: {},
  generator: () =>
    submissions<EffectsCall>((key, thread, version) => ({
      f: 'submit',
      value: { key, resource: thread, version },
    })),
  finalGenerator: audit,
  checkers: () => [checker, ...standing],
})
