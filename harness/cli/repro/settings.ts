/** The settings of the commands that repeat a run that failed. */
import type { Settings } from '../setting.ts'

const REPEATED = {
  finding: {
    type: 'string',
    value: 'name',
    description: 'a finding of the run: its fingerprint, its anomaly or its checker',
  },
  jobs: {
    type: 'integer',
    value: 'n',
    default: '1',
    min: 1,
    description: 'how many runs at once: more are faster, and disturb the timing of each other',
  },
} as const satisfies Settings

/** For one finding, with a test that decides how often a run must be repeated. */
const DECIDED = {
  ...REPEATED,
  finding: {
    ...REPEATED.finding,
    description: `${REPEATED.finding.description} (default: the one whose evidence came first)`,
  },
  atLeast: {
    type: 'integer',
    value: 'percent',
    default: '50',
    min: 1,
    max: 99,
    description:
      'what shows the finding in at least this share of its runs fails; in a fifth of it, it does not',
  },
} as const satisfies Settings

export const REPRO_SETTINGS = {
  times: {
    type: 'integer',
    short: 'k',
    value: 'n',
    default: '20',
    min: 1,
    description: 'how many times',
  },
  ...REPEATED,
  finding: {
    ...REPEATED.finding,
    description: `${REPEATED.finding.description} (default: all)`,
  },
} as const satisfies Settings

export const SHRINK_SETTINGS = {
  budget: {
    type: 'duration',
    value: 'duration',
    default: '30m',
    description: 'time for it; the same command goes on afterwards where it stopped',
  },
  confirm: {
    type: 'integer',
    value: 'n',
    default: '10',
    description: 'how often the smallest case is run in the end, to say how often it fails',
  },
  ...DECIDED,
} as const satisfies Settings

export const BISECT_SETTINGS = {
  versions: {
    type: 'string',
    value: 'a,b,c',
    description: "versions of the target, the oldest first: values of the target's option for its version",
  },
  build: {
    type: 'string',
    value: 'command',
    description: 'in place of --versions: a command for sh that builds a revision, which is written for {}',
  },
  revisions: {
    type: 'string',
    value: 'a,b,c',
    description: 'the revisions to build, the oldest first',
  },
  buildTimeout: {
    type: 'duration',
    value: 'duration',
    default: '30m',
    description: 'maximum time for one build',
  },
  ...DECIDED,
} as const satisfies Settings
