/** The table of commands. To add one: a file in commands/, and its entry here. */
import { type Command, command } from './command.ts'
import { outputFormats } from './output/formats.ts'
import { historyFormats } from './output/history-formats.ts'
import { CHECK_SETTINGS, OUT, RESULTS, RUN_SETTINGS } from './run/settings.ts'
import type { Setting } from './setting.ts'

const describeFormats = (
  formats: Readonly<Record<string, { readonly name: string; readonly description: string }>>,
): string =>
  Object.values(formats)
    .map(({ name, description }) => `${name} (${description})`)
    .join(', ')

const RUN_FOLDER = { name: 'run', description: "a run's folder" } as const

const VERDICT_FORMAT = {
  format: {
    type: 'string',
    value: 'name',
    default: 'text',
    choices: Object.keys(outputFormats),
    description: `how the verdict is printed: ${describeFormats(outputFormats)}`,
  },
  json: { type: 'switch', description: 'the same as --format json' },
} as const satisfies Record<string, Setting>

export const commands: readonly Command[] = [
  command({
    name: 'run',
    description: 'run a workload against a cluster under faults, and judge it',
    arguments: [
      { name: 'target', description: 'a bundled target, or the path of a module that exports one' },
    ],
    settings: { ...RUN_SETTINGS, ...OUT, ...VERDICT_FORMAT },
    load: async () => (await import('./commands/run.ts')).runCommand,
  }),
  command({
    name: 'check',
    description: 'judge a stored history again, without its target',
    arguments: [{ name: 'path', description: 'a run, a history.jsonl, or a Jepsen history (.edn, .log)' }],
    settings: { ...CHECK_SETTINGS, ...VERDICT_FORMAT },
    load: async () => (await import('./commands/check.ts')).checkCommand,
  }),
  command({
    name: 'report',
    description: 'render report.html again',
    arguments: [RUN_FOLDER],
    settings: {},
    load: async () => (await import('./commands/report.ts')).reportCommand,
  }),
  command({
    name: 'serve',
    description: 'browse stored runs on loopback',
    arguments: [{ name: 'results', description: 'the folder of results', optional: true, default: RESULTS }],
    settings: {
      port: { type: 'integer', value: 'n', default: '8080', max: 65_535, description: 'port' },
    },
    load: async () => (await import('./commands/serve.ts')).serveCommand,
  }),
  command({
    name: 'list',
    description: 'what there is',
    arguments: [
      {
        name: 'section',
        description: 'one part of it (default: all)',
        optional: true,
        choices: ['targets', 'workloads', 'vocabularies', 'nemeses', 'environments', 'checkers', 'bugs'],
      },
    ],
    settings: {},
    load: async () => (await import('./commands/list.ts')).listCommand,
  }),
  command({
    name: 'doctor',
    description: 'what this machine can do, and what is missing',
    arguments: [],
    settings: { json: { type: 'switch', description: 'print the table as JSON' } },
    load: async () => (await import('./commands/doctor.ts')).doctorCommand,
  }),
  command({
    name: 'export',
    description: "a run's history on standard output",
    arguments: [RUN_FOLDER],
    settings: {
      format: {
        type: 'string',
        value: 'name',
        default: 'edn',
        choices: Object.keys(historyFormats),
        description: describeFormats(historyFormats),
      },
    },
    load: async () => (await import('./commands/export.ts')).exportCommand,
  }),
  command({
    name: 'clean',
    description: 'undo whatever dead runs left',
    arguments: [],
    settings: {},
    load: async () => (await import('./commands/clean.ts')).cleanCommand,
  }),
  command({
    name: 'demo',
    description: 'the bundled cluster, healthy and with a planted bug',
    arguments: [],
    settings: OUT,
    load: async () => (await import('./commands/demo.ts')).demoCommand,
  }),
  command({
    name: 'prepare',
    description: 'install and build what this machine lacks',
    arguments: [{ name: 'preparation', description: 'an environment, programs or tests' }],
    settings: {
      base: {
        type: 'string',
        value: 'source',
        default: 'local',
        choices: ['local', 'registry'],
        description: "base image: local (made from Debian's packages) or registry (pulled)",
      },
    },
    load: async () => (await import('./commands/prepare.ts')).prepareCommand,
  }),
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
      seeds: { type: 'integer', value: 'n', default: '5', min: 1, description: 'of each' },
      only: { type: 'string', value: 'text', description: 'bugs and workloads whose name has this in it' },
      part: {
        type: 'string',
        value: 'part',
        choices: ['bugs', 'healthy'],
        description: 'the planted bugs, or the healthy cluster',
      },
    },
    load: async () => (await import('./bench/bugs.ts')).benchBugsCommand,
  }),
  command({
    name: 'controller',
    arguments: [{ name: 'state directory', description: "the run's" }],
    settings: {},
    load: async () => (await import('./run/controller.ts')).controllerCommand,
  }),
]
