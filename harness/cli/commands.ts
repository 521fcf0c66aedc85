/** The table of commands. To add one, add a file in commands/ and its entry here. */
import { AUDIT_SETTINGS } from './audit/settings.ts'
import { type Command, command } from './command.ts'
import { innerCommands } from './inner-commands.ts'
import { outputFormats } from './output/formats.ts'
import { historyFormats } from './output/history-formats.ts'
import { BISECT_SETTINGS, REPRO_SETTINGS, SHRINK_SETTINGS } from './repro/settings.ts'
import { CHECK_SETTINGS, DEMO_SETTINGS, OUT, RESULTS, RUN_SETTINGS } from './run/settings.ts'
import type { Setting } from './setting.ts'
import { CORPUS_SETTINGS, SUITE_SETTINGS } from './suite/settings.ts'

const describeFormats = (
  formats: Readonly<Record<string, { readonly name: string; readonly description: string }>>,
): string =>
  Object.values(formats)
    .map(({ name, description }) => `${name} (${description})`)
    .join(', ')

const RUN_FOLDER = { name: 'run', description: 'the folder of a run' } as const

const FROZEN_RUN = {
  run: { type: 'string', value: 'folder', description: 'the folder of its run, where several are kept' },
} as const satisfies Record<string, Setting>

const VERDICT_FORMAT = {
  format: {
    type: 'string',
    value: 'name',
    default: 'text',
    choices: Object.keys(outputFormats),
    description: `output format of the verdict: ${describeFormats(outputFormats)}`,
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
    settings: {
      ...RUN_SETTINGS,
      ...OUT,
      ...VERDICT_FORMAT,
      freeze: {
        type: 'duration',
        value: 'duration',
        description: 'if a promise was broken, keep the cluster as it is for so long, to look at it',
      },
      online: {
        type: 'switch',
        description:
          'judge the run while it goes on, and say at once what is broken; `faultline serve` shows what is decided',
      },
      failFast: {
        type: 'switch',
        description:
          'end the run as soon as a promise is seen to be broken; with --freeze, the faults in force then stay, too',
      },
    },
    load: async () => (await import('./commands/run.ts')).runCommand,
  }),
  command({
    name: 'suite',
    description: 'run many cases (targets x workloads x nemeses x seeds), and sort what became of them',
    arguments: [
      {
        name: 'file',
        description: 'the configuration, TypeScript or YAML (default: faultline.config.ts)',
        optional: true,
      },
    ],
    settings: SUITE_SETTINGS,
    load: async () => (await import('./commands/suite.ts')).suiteCommand,
  }),
  command({
    name: 'corpus',
    description: 'find known bugs of real clusters again, in the affected version and not in the mended one',
    arguments: [
      { name: 'action', description: 'list or run', choices: ['list', 'run'] },
      { name: 'ids', description: 'the known bugs (default: all)', many: true, optional: true },
    ],
    settings: CORPUS_SETTINGS,
    load: async () => (await import('./commands/corpus.ts')).corpusCommand,
  }),
  command({
    name: 'audit',
    description: 'say of each claim of a target whether it held, broke, or was not shown, on a card',
    arguments: [
      { name: 'target', description: 'a bundled target, or the path of a module that exports one' },
    ],
    settings: AUDIT_SETTINGS,
    load: async () => (await import('./commands/audit.ts')).auditCommand,
  }),
  command({
    name: 'repro',
    description: 'repeat a run that failed, with its recorded faults, and say how often it fails again',
    arguments: [RUN_FOLDER],
    settings: REPRO_SETTINGS,
    load: async () => (await import('./commands/repro.ts')).reproCommand,
  }),
  command({
    name: 'shrink',
    description:
      'make a run that failed smaller: fewer and shorter faults, less time, fewer clients and nodes',
    arguments: [RUN_FOLDER],
    settings: SHRINK_SETTINGS,
    load: async () => (await import('./commands/shrink.ts')).shrinkCommand,
  }),
  command({
    name: 'bisect',
    description: 'find the first version or revision of the target in which a run that failed fails',
    arguments: [RUN_FOLDER],
    settings: BISECT_SETTINGS,
    load: async () => (await import('./commands/bisect.ts')).bisectCommand,
  }),
  command({
    name: 'simulate',
    description:
      'run the core of a target under its deterministic simulator until a property is broken, and make that exactly small',
    arguments: [
      { name: 'target', description: 'a bundled target, or the path of a module that exports one' },
    ],
    settings: {
      bug: RUN_SETTINGS.bug,
      seed: { type: 'integer', value: 'n', description: 'this seed alone (default: as many as --seeds)' },
      seeds: {
        type: 'integer',
        value: 'n',
        default: '200',
        min: 1,
        description: 'the most seeds, from 1 on',
      },
      plan: {
        type: 'string',
        value: 'file',
        description: 'in place of seeds: the plan of a simulation.json, run as it is',
      },
      ...OUT,
    },
    load: async () => (await import('./commands/simulate.ts')).simulateCommand,
  }),
  command({
    name: 'quorum',
    description:
      'whether the quorums of a system meet, which crashes and liars it stands, and how often one is up',
    arguments: [
      {
        name: 'systems',
        description:
          'such as "majority of 5", "3 of (a*2, b, c)" or "grid of 3x3"; several, as of the phases of a protocol, must meet each other',
        many: true,
      },
    ],
    settings: {
      up: {
        type: 'string',
        value: 'p',
        description: 'the probability that a node is up: for all (0.99), or for each (n1=0.99,n2=0.9)',
      },
    },
    load: async () => (await import('./commands/quorum.ts')).quorumCommand,
  }),
  command({
    name: 'merge',
    description: 'put the shards of a suite together: one result, one summary, one exit code',
    arguments: [
      {
        name: 'folders',
        description:
          'the folders of the shards: <results>/suites/<suite>/<time>, or <results> for its last one',
        many: true,
      },
    ],
    settings: OUT,
    load: async () => (await import('./commands/merge.ts')).mergeCommand,
  }),
  command({
    name: 'trend',
    description: 'what changes from campaign to campaign: findings, availability, recovery, latency',
    arguments: [
      { name: 'results', description: 'the folder with the results', optional: true, default: RESULTS },
    ],
    settings: {
      format: {
        type: 'string',
        value: 'name',
        default: 'text',
        choices: ['text', 'json'],
        description: 'output format: text (tables), json (for machines)',
      },
    },
    load: async () => (await import('./commands/trend.ts')).trendCommand,
  }),
  command({
    name: 'attach',
    description: 'open a shell in a node of a cluster that run --freeze keeps',
    arguments: [{ name: 'node', description: 'its name, such as n1' }],
    settings: FROZEN_RUN,
    load: async () => (await import('./commands/attach.ts')).attachCommand,
  }),
  command({
    name: 'release',
    description: 'end a cluster that run --freeze keeps',
    arguments: [],
    settings: FROZEN_RUN,
    load: async () => (await import('./commands/attach.ts')).releaseCommand,
  }),
  command({
    name: 'init',
    description: 'write a target of your own that runs as it is, or a nightly workflow, to start from',
    arguments: [
      {
        name: 'folder',
        description: 'where to write it (default: the current folder)',
        optional: true,
        default: '.',
      },
    ],
    settings: {
      language: {
        type: 'string',
        value: 'name',
        default: 'ts',
        choices: ['ts', 'python', 'go'],
        description: 'language of the client',
      },
      ci: {
        type: 'string',
        value: 'platform',
        choices: ['github', 'gitlab'],
        description: 'instead of a target: a workflow that runs a suite every night, and a configuration',
      },
    },
    load: async () => (await import('./commands/init.ts')).initCommand,
  }),
  command({
    name: 'conform',
    description: 'test whether a target keeps its contract: its clients, ready, status, stop and restart',
    arguments: [
      { name: 'target', description: 'a bundled target, or the path of a module that exports one' },
    ],
    settings: {
      vocabulary: {
        type: 'string',
        value: 'names',
        description: 'vocabularies to test, separated by commas (default: all that the target speaks)',
      },
      workload: {
        type: 'string',
        short: 'w',
        value: 'name',
        description: 'a workload that asks the calls (default: for each vocabulary the first that does)',
      },
      env: RUN_SETTINGS.env,
      nodes: RUN_SETTINGS.nodes,
      targetOpts: RUN_SETTINGS.targetOpts,
      readyTimeout: RUN_SETTINGS.readyTimeout,
      seed: RUN_SETTINGS.seed,
      logLevel: RUN_SETTINGS.logLevel,
      showLog: RUN_SETTINGS.showLog,
      ...OUT,
      format: {
        type: 'string',
        value: 'name',
        default: 'text',
        choices: ['text', 'json'],
        description: 'output format of the findings: text (a table), json (for machines)',
      },
    },
    load: async () => (await import('./commands/conform.ts')).conformCommand,
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
    name: 'show',
    description: 'show in the terminal what a run found: the evidence step by step, the faults, the errors',
    arguments: [RUN_FOLDER],
    settings: {},
    load: async () => (await import('./commands/show.ts')).showCommand,
  }),
  command({
    name: 'serve',
    description: 'browse stored runs on loopback',
    arguments: [
      { name: 'results', description: 'the folder with the results', optional: true, default: RESULTS },
    ],
    settings: {
      port: { type: 'integer', value: 'n', default: '8080', max: 65_535, description: 'port' },
    },
    load: async () => (await import('./commands/serve.ts')).serveCommand,
  }),
  command({
    name: 'list',
    description:
      'list targets, workloads, vocabularies, nemeses, incidents, environments, checkers and planted bugs; or the claims of a target',
    arguments: [
      {
        name: 'section',
        description: 'list only this section (default: all)',
        optional: true,
        choices: [
          'targets',
          'workloads',
          'vocabularies',
          'nemeses',
          'incidents',
          'environments',
          'checkers',
          'bugs',
          'claims',
        ],
      },
      { name: 'target', description: 'of claims: whose, with its default options', optional: true },
    ],
    settings: {},
    load: async () => (await import('./commands/list.ts')).listCommand,
  }),
  command({
    name: 'doctor',
    description: 'check which faults and environments work on this machine, and what is missing',
    arguments: [],
    settings: { json: { type: 'switch', description: 'print the table as JSON' } },
    load: async () => (await import('./commands/doctor.ts')).doctorCommand,
  }),
  command({
    name: 'export',
    description: 'print the history of a run in another format',
    arguments: [RUN_FOLDER],
    settings: {
      format: {
        type: 'string',
        value: 'name',
        default: 'edn',
        choices: Object.keys(historyFormats),
        description: `output format of the history: ${describeFormats(historyFormats)}`,
      },
    },
    load: async () => (await import('./commands/export.ts')).exportCommand,
  }),
  command({
    name: 'clean',
    description: 'remove what dead runs left on this machine',
    arguments: [],
    settings: {},
    load: async () => (await import('./commands/clean.ts')).cleanCommand,
  }),
  command({
    name: 'demo',
    description: 'run the bundled Raft cluster twice: healthy, and with a planted bug',
    arguments: [],
    settings: DEMO_SETTINGS,
    load: async () => (await import('./commands/demo.ts')).demoCommand,
  }),
  command({
    name: 'prepare',
    description: 'install and build what is missing on this machine',
    arguments: [{ name: 'preparation', description: 'an environment, programs or tests' }],
    settings: {
      base: {
        type: 'string',
        value: 'source',
        default: 'local',
        choices: ['local', 'registry'],
        description: "base image: local (built from Debian's packages) or registry (pulled)",
      },
      target: {
        type: 'string',
        value: 'name or file',
        description: 'only what this target needs (default: all bundled targets)',
      },
      targetOpts: {
        ...RUN_SETTINGS.targetOpts,
        description: 'options of that target: its programs may depend on them',
      },
    },
    load: async () => (await import('./commands/prepare.ts')).prepareCommand,
  }),
  ...innerCommands,
]
