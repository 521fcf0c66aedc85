/** Commands that no user types: benchmarks, which npm's scripts run, and the other processes of a run. */
import { type Command, command } from './command.ts'

export const innerCommands: readonly Command[] = [
  command({
    name: 'bench',
    arguments: [],
    settings: {},
    load: async () => (await import('./bench/bench.ts')).benchCommand,
  }),
  command({
    name: 'bench-bugs',
    arguments: [],
    settings: {
      seeds: {
        type: 'integer',
        value: 'n',
        default: '5',
        min: 1,
        description: 'seeds for each bug or workload',
      },
      only: {
        type: 'string',
        value: 'text',
        description: 'only where `<target> <bug or workload>` contains this text',
      },
      part: {
        type: 'string',
        value: 'part',
        choices: ['bugs', 'healthy'],
        description: 'the planted bugs, or the healthy clusters',
      },
      nemesis: {
        type: 'string',
        value: 'names',
        description:
          "a minute with these nemeses and no other option, in place of each bug's own command: what a user types first",
      },
    },
    load: async () => (await import('./bench/bugs.ts')).benchBugsCommand,
  }),
  command({
    name: 'bench-byzantine',
    arguments: [],
    settings: {
      seeds: {
        type: 'integer',
        value: 'n',
        default: '3',
        min: 1,
        description: 'seeds for each target and number of traitors',
      },
      only: {
        type: 'string',
        value: 'text',
        description: 'only where `<target>, <n> of <m> nodes lie` contains this text',
      },
    },
    load: async () => (await import('./bench/byzantine.ts')).benchByzantineCommand,
  }),
  command({
    name: 'bench-scale',
    arguments: [],
    settings: {
      most: {
        type: 'integer',
        value: 'n',
        default: '1000000',
        min: 10_000,
        description: 'operations of the longest history',
      },
      only: { type: 'string', value: 'text', description: 'only workloads whose name contains it' },
    },
    load: async () => (await import('./bench/scale.ts')).benchScaleCommand,
  }),
  command({
    name: 'bench-scale-judge',
    arguments: [
      { name: 'file', description: 'a history' },
      { name: 'workload', description: 'that it is of' },
    ],
    settings: {},
    load: async () => (await import('./bench/scale-judge.ts')).benchScaleJudgeCommand,
  }),
  command({
    name: 'watch-run',
    arguments: [
      { name: 'run', description: 'the folder of a run that is going on' },
      { name: 'state directory', description: 'the state directory of the run' },
    ],
    settings: {},
    load: async () => (await import('./online/watch-run.ts')).watchRunCommand,
  }),
  command({
    name: 'controller',
    arguments: [{ name: 'state directory', description: 'the state directory of the run' }],
    settings: {},
    load: async () => (await import('./run/controller.ts')).controllerCommand,
  }),
]
