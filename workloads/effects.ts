/**
 * Requests that must take effect once. A thread whose request was not acknowledged asks again under the same key, a few times;
 * at the end the cluster is given time to do what it has accepted.
 */
import { effects as checker } from '../checkers/effects/effects.ts'
import { defineWorkload } from '../harness/support/define.ts'
import { EFFECTS, type EffectsCall } from '../harness/vocabularies/effects.ts'
import { standing } from './standing.ts'
import { audit, submissions } from './submissions.ts'

export const effects = defineWorkload({
  name: 'effects',
  description: 'requests that must take effect in the outside world: once, more than once, or never?',
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
