/**
 * The planted bugs by name: `--bug name` switches one on. Each leaves out something that the paper asks for, and no two have the
 * same cause.
 */
import { findBug, plantedBugs } from '../../protocol/planted-bugs.ts'
import { healthyCore } from '../core/deviations.ts'
import { mostTraitors } from '../core/quorums.ts'
import type { Deviations } from '../replica.ts'
import { healthyService } from '../service.ts'
import type { BugDefinition } from './definition.ts'

/** What only a replica that lies can show, best as the primary. */
const withTraitor = (options: string): { readonly args: string } => ({
  args: `-n byzantine --nemesis-opts victims=leader,${options} --time-limit 20s`,
})

const definitions = {
  'quorum-too-small': {
    description: '2f replicas are a quorum, in place of 2f+1: two of them need not share an honest one',
    simulatorSeeds: 10,
    realRun: {
      args: '-n partition --nemesis-opts shapes=random-halves,direction=two-way,interval=3s,duration=2s --rate 200 --time-limit 20s',
    },
    core: { quorumOf: (nodes) => 2 * mostTraitors(nodes) },
  },
  'prepared-dropped': {
    description:
      'a new view begins with what prepared at its primary alone, and drops what prepared at the others',
    simulatorSeeds: 10,
    realRun: {
      none: 'no run has shown it yet: the new primary must be the one that missed what prepared, and so few messages are lost',
    },
    core: {
      considered: (viewChanges, primary) => viewChanges.filter(({ body }) => body.replica === primary),
    },
  },
  'signatures-not-checked': {
    description: 'replicas believe who a message says it is from',
    simulatorSeeds: 10,
    realRun: withTraitor('kinds=corruption+forged-sender,interval=2s,duration=2s'),
    core: { skipsSignatures: true },
  },
  'digests-not-checked': {
    description:
      'a backup takes the requests of a pre-prepare without a look at whether they have its digest',
    simulatorSeeds: 10,
    realRun: withTraitor('kinds=corruption,interval=2s,duration=2s'),
    core: { skipsDigests: true },
  },
  'window-not-checked': {
    description: 'a replica takes any sequence number, however far from its last stable checkpoint',
    simulatorSeeds: 10,
    realRun: {
      none: 'it lets a traitor use up the sequence numbers, which no answer shows: the simulator looks at what replicas keep',
    },
    core: { skipsWindow: true },
  },
  'timestamps-not-checked': {
    description: 'a request that is ordered twice takes effect twice',
    simulatorSeeds: 10,
    realRun: {
      args: '-n partition --nemesis-opts shapes=leader,direction=two-way,interval=3s,duration=1500ms --target-opts attempt-timeout=100ms --rate 200 --time-limit 20s',
    },
    service: { ignoresTimestamps: true },
  },
  'checkpoint-on-one-word': {
    description: 'a replica that is behind takes the state of a checkpoint on the word of a single other one',
    simulatorSeeds: 10,
    realRun: withTraitor('interval=4s,duration=4s'),
    core: { stateQuorumOf: () => 1 },
  },
  'first-answer-taken': {
    description: 'a client takes the first answer that it gets, of whichever replica',
    simulatorSeeds: 10,
    realRun: { none: 'clients are not told which bug is planted: the simulator has clients of its own' },
    answersOf: () => 1,
  },
  'false-proved-read': {
    description: 'a replica answers a read that it should prove with a value that is well formed and wrong',
    simulatorSeeds: null,
    realRun: {
      args: '--target-opts reads=proved,checkpoint-every=8 --rate 100 --time-limit 6s',
    },
    service: { provedEntry: ([key, value]) => [key, Number(value) + 1] },
  },
} as const satisfies Record<string, BugDefinition>

export type Bug = keyof typeof definitions

/** @throws UserError if there is no such bug */
export const bugNamed = (name: string | null): Bug | null => findBug('pbft', definitions, name)

export const bugs = plantedBugs(definitions, 'register')

const definitionOf = (bug: Bug | null): Partial<BugDefinition> => (bug === null ? {} : definitions[bug])

/** @param bug null: a healthy replica */
export const deviationsOf = (bug: Bug | null): Deviations => {
  const { core, service } = definitionOf(bug)
  return { core: { ...healthyCore, ...core }, service: { ...healthyService, ...service } }
}

/** Equal answers for which a client waits. @param healthy f+1 */
export const answersNeeded = (bug: Bug | null, healthy: number): number =>
  definitionOf(bug).answersOf?.(healthy) ?? healthy
