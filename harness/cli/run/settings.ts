/**
 * What can be set of a run, with the defaults: the one table that `run`, `demo`, `check` and `--help` read. Durations are
 * written as people write them and parsed into milliseconds.
 */
import type { LogLevel } from '../../api/log.ts'
import { DIALECTS } from '../../history/import.ts'
import type { Settings, SettingsOf } from '../setting.ts'

/** The most nodes of any target; a target may allow fewer. */
const MOST_NODES = 50
/** Each has a source address of its own, in the part of the test network that belongs to clients. */
const MOST_CLIENT_GROUPS = 50

const WORKLOAD = {
  workload: {
    type: 'string',
    short: 'w',
    value: 'name',
    default: 'register',
    description: 'what clients do, and how it is judged: a bundled workload, or the path of a module',
  },
  workloadOpts: { type: 'string', value: 'k=v,...', description: 'options of the workload' },
} as const satisfies Settings

/** Where results go, and where `serve` looks for them. */
export const RESULTS = 'results'

export const OUT = {
  out: { type: 'string', value: 'dir', default: RESULTS, description: 'where results go' },
} as const satisfies Settings

export const RUN_SETTINGS = {
  ...WORKLOAD,
  nemesis: {
    type: 'string',
    short: 'n',
    value: 'names',
    description: 'what goes wrong, joined by commas; all: whatever is possible here (default: nothing)',
  },
  nemesisOpts: {
    type: 'string',
    value: 'k=v,...',
    description: 'options of the nemeses, or nemesis.k=v for one of them',
  },
  faults: {
    type: 'string',
    value: 'run',
    description: 'run the faults that a run recorded again: its folder, or its faults.jsonl',
  },
  env: {
    type: 'string',
    value: 'name',
    default: 'auto',
    description: 'auto, or an environment of `faultline list environments`',
  },
  nodes: {
    type: 'integer',
    value: 'n',
    min: 1,
    max: MOST_NODES,
    description: "nodes (default: the target's)",
  },
  concurrency: {
    type: 'integer',
    value: 'n',
    default: '10',
    min: 1,
    max: 10_000,
    description: 'client threads',
  },
  clientGroups: {
    type: 'integer',
    value: 'n',
    default: '2',
    min: 1,
    max: MOST_CLIENT_GROUPS,
    description: 'groups of clients, each with an address of its own, so that one can be cut off',
  },
  rate: {
    type: 'integer',
    value: 'n',
    default: '200',
    description: 'operations a second over all clients; 0: as fast as they go',
  },
  timeLimit: {
    type: 'duration',
    value: 'duration',
    default: '60s',
    description: 'how long faults and load last',
  },
  operationTimeout: {
    type: 'duration',
    value: 'duration',
    default: '5s',
    description: 'after which an operation is in doubt (info)',
  },
  readyTimeout: {
    type: 'duration',
    value: 'duration',
    default: '60s',
    description: 'how long the nodes may take to start',
  },
  recoveryTimeout: {
    type: 'duration',
    value: 'duration',
    default: '30s',
    description: 'how long to wait for recovery after the last heal',
  },
  seed: {
    type: 'integer',
    value: 'n',
    description: 'same seed, same plan of operations and faults (default: drawn)',
  },
  bug: { type: 'string', value: 'name', description: 'a bug planted in a bundled target' },
  expect: {
    type: 'string',
    value: 'promise',
    description: 'judge against this promise instead of what the target claims',
  },
  logLevel: {
    type: 'string',
    value: 'level',
    default: 'info',
    choices: ['debug', 'info', 'warn', 'error'] as const satisfies readonly LogLevel[],
    description: "of the run's harness.jsonl: what is below it is not written",
  },
  showLog: { type: 'switch', description: 'print the lines of harness.jsonl on standard error, too' },
  targetOpts: { type: 'string', value: 'k=v,...', description: 'options of the target' },
} as const satisfies Settings

export type RunSettings = SettingsOf<typeof RUN_SETTINGS>

export const CHECK_SETTINGS = {
  ...WORKLOAD,
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
    description: 'where an imported history has no folder: one for its verdict and pages of evidence',
  },
} as const satisfies Settings

export type CheckSettings = SettingsOf<typeof CHECK_SETTINGS>
