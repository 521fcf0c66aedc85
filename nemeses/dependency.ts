/**
 * A service beside the cluster, on which the cluster depends, fails, while the cluster itself works. The service is
 *
 * - `gone`: its processes are killed and connections are refused; the heal starts it again;
 * - `hung`: it is stopped (SIGSTOP): connections open, but nothing is answered;
 * - `failing`: each request is answered with a reset of its connection;
 * - `slow`: every packet between it and the nodes is delayed.
 *
 * Proof: packets refused or reset, counted at the service; or packets delayed, counted at the switch; or the state of its
 * processes.
 */
import { z } from 'zod'
import type { NemesisContext, PlannedFault } from '../harness/api/nemesis.ts'
import { duration } from './parts/options.ts'
import { type FaultInForce, scheduledNemesis } from './parts/scheduled-nemesis.ts'
import { hang, makeFail, makeGone, slowDown } from './parts/service-faults.ts'
import { wordsByTurns, wordsOption } from './parts/words.ts'

const MODES = ['gone', 'hung', 'failing', 'slow'] as const
const SEEDS = 2 ** 31

const dependencyIntent = z.strictObject({
  mode: z.enum(MODES),
  /** Which of the target's services, modulo their number. */
  which: z.int().min(0),
  delayMs: z.number(),
  seed: z.number(),
})
type DependencyIntent = z.infer<typeof dependencyIntent>

const inject = async (
  context: NemesisContext,
  intent: DependencyIntent,
  { id }: PlannedFault,
): Promise<FaultInForce> => {
  const { services } = context.cluster
  const service = services[intent.which % services.length]
  if (service === undefined) throw new Error('this cluster has no service beside it')
  switch (intent.mode) {
    case 'gone':
      return makeGone(context, id, service)
    case 'hung':
      return hang(service)
    case 'failing':
      return makeFail(context, id, service)
    case 'slow':
      return slowDown(context, service, intent)
  }
}

export const dependency = scheduledNemesis({
  name: 'dependency',
  label: 'dependency',
  colour: 'red',
  description: 'a service that the cluster depends on is gone, hangs, fails, or is slow',
  needs: ['partition', 'kill', 'packet'],
  needsOfTarget: (target, options) =>
    (target.services?.(options) ?? []).length === 0
      ? `${target.name} does not depend on a service beside it`
      : null,
  intervalMs: 4000,
  durationMs: 1500,
  options: {
    modes: wordsOption('how', MODES),
    delay: duration(200, 'one-way delay of each packet of a slow service'),
  },
  model: 'dependency',
  // A cluster goes on accepting work for a service that is down; whatever waits for the service piles up meanwhile.
  isMild: true,
  weight: 2,
  intent: dependencyIntent,
  kindOf: ({ mode }) => mode,
  plan: ({ rng, options }) => {
    const modeOf = wordsByTurns(rng, 'modes', options.modes, MODES)
    return (draw, ordinal) => ({
      mode: modeOf(ordinal),
      which: draw.fork('which').int(SEEDS),
      delayMs: options.delay,
      seed: draw.fork('seed').int(SEEDS),
    })
  },
  inject,
})
