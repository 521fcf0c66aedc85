/**
 * The settings of a run and their defaults: the one table that `run`, `demo`, `check` and `--help` read. Durations are written
 * with a unit, such as `60s`, and parsed into milliseconds.
 */
import type { LogLevel } from '../../api/log.ts'
import { DIALECTS } from '../../history/import.ts'
import type { Settings, SettingsOf } from '../setting.ts'

/** The maximum for all targets; a target may allow fewer. */
const MOST_NODES = 50
/** Each group has its own source address, from the clients' part of the test network. */
const MOST_CLIENT_GROUPS = 50

const WORKLOAD = {
  workload: {
    type: 'string',
    short: 'w',
    value: 'name',
    default: 'register',
    description: 'a bundled workload, or the path of a module that exports one',
  },
  workloadOpts: { type: 'string', value: 'k=v,...', description: 'options of the workload' },
} as const satisfies Settings

const EXPECT = {
  expect: {
    type: 'string',
    value: 'promise',
    description: 'judge against this promise instead of the claims of the target',
  },
} as const satisfies Settings

/** The folder in which runs are stored, and which `serve` shows. */
export const RESULTS = 'results'

export const OUT = {
  out: { type: 'string', value: 'dir', default: RESULTS, description: 'folder for the results' },
} as const satisfies Settings

export const RUN_SETTINGS = {
  ...WORKLOAD,
  nemesis: {
    type: 'string',
    short: 'n',
    value: 'names',
    description:
      'nemeses, separated by commas; all: every nemesis that works here, within the claims (default: none)',
  },
  nemesisOpts: {
    type: 'string',
    value: 'k=v,...',
    description: 'options of all nemeses that have them; nemesis.k=v sets it for one nemesis',
  },
  incident: {
    type: 'string',
    value: 'name',
    description:
      'make a known outage: a name from `faultline list incidents`, or the path of a module that exports one',
  },
  plan: {
    type: 'string',
    value: 'name',
    choices: ['phases', 'steady'],
    description:
      'phases: the nemeses act alone, in pairs, in bursts and together, with calm between; steady: each acts all the time (default: phases for several nemeses whose interval is not set)',
  },
  faults: {
    type: 'string',
    value: 'run',
    description: 'repeat the recorded faults of a run: its folder, or its faults.jsonl',
  },
  env: {
    type: 'string',
    value: 'name',
    default: 'auto',
    description: 'auto, or a name from `faultline list environments`',
  },
  nodes: {
    type: 'integer',
    value: 'n',
    min: 1,
    max: MOST_NODES,
    description: "number of nodes (default: the target's)",
  },
  concurrency: {
    type: 'integer',
    value: 'n',
    default: '10',
    min: 1,
    max: 10_000,
    description: 'number of client threads',
  },
  clientGroups: {
    type: 'integer',
    value: 'n',
    default: '2',
    min: 1,
    max: MOST_CLIENT_GROUPS,
    description: 'groups of clients, each with its own address, so that one group can be cut off',
  },
  rate: {
    type: 'integer',
    value: 'n',
    default: '200',
    description: 'operations per second of all clients together; 0: no limit',
  },
  timeLimit: {
    type: 'duration',
    value: 'duration',
    default: '60s',
    description: 'duration of the load and the faults',
  },
  operationTimeout: {
    type: 'duration',
    value: 'duration',
    default: '5s',
    description:
      'time after which the outcome of an operation is unclear (info); with faults, half of the clients give up after a fifth of it, but a second at least',
  },
  readyTimeout: {
    type: 'duration',
    value: 'duration',
    default: '60s',
    description: 'maximum time for the nodes to start',
  },
  recoveryTimeout: {
    type: 'duration',
    value: 'duration',
    default: '30s',
    description: 'maximum time to wait for recovery after the last heal',
  },
  seed: {
    type: 'integer',
    value: 'n',
    description: 'the same seed gives the same plan of operations and faults (default: random)',
  },
  bug: { type: 'string', value: 'name', description: 'a bug planted in a bundled target' },
  ...EXPECT,
  capture: {
    type: 'switch',
    description: 'record the messages between nodes, services and clients: packets, in messages.jsonl',
  },
  logLevel: {
    type: 'string',
    value: 'level',
    default: 'info',
    choices: ['debug', 'info', 'warn', 'error'] as const satisfies readonly LogLevel[],
    description: "lowest level that is written to the run's harness.jsonl",
  },
  showLog: { type: 'switch', description: 'also print the lines of harness.jsonl on standard error' },
  targetOpts: { type: 'string', value: 'k=v,...', description: 'options of the target' },
} as const satisfies Settings

export type RunSettings = SettingsOf<typeof RUN_SETTINGS>

/** What users may change of the demo, such as on a slow machine. */
export const DEMO_SETTINGS = {
  nodes: RUN_SETTINGS.nodes,
  concurrency: RUN_SETTINGS.concurrency,
  rate: RUN_SETTINGS.rate,
  timeLimit: { ...RUN_SETTINGS.timeLimit, default: '15s' },
  readyTimeout: RUN_SETTINGS.readyTimeout,
  recoveryTimeout: RUN_SETTINGS.recoveryTimeout,
  seed: {
    ...RUN_SETTINGS.seed,
    default: '7',
    description: 'the same seed gives the same plan of operations and faults',
  },
  ...OUT,
} as const satisfies Settings

export const CHECK_SETTINGS = {
  ...WORKLOAD,
  ...EXPECT,
  dialect: {
    type: 'string',
    value: 'name',
    default: 'jepsen',
    choices: DIALECTS,
    description: 'what a failed compare-and-set means in an imported history',
  },
  pages: {
    type: 'string',
    value: 'folder',
    description: 'for an imported history: folder for the verdict and its pages of evidence',
  },
} as const satisfies Settings

export type CheckSettings = SettingsOf<typeof CHECK_SETTINGS>
