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
