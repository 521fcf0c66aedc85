/** The settings of `faultline audit`. */
import { OUT, RUN_SETTINGS } from '../run/settings.ts'
import type { Settings } from '../setting.ts'
import { SUITE_SETTINGS } from '../suite/settings.ts'

export const AUDIT_SETTINGS = {
  runs: {
    type: 'string',
    value: 'folders',
    description:
      'read these instead of running anything: folders of runs, of suites or of results, separated by commas',
  },
  targetOpts: RUN_SETTINGS.targetOpts,
  env: RUN_SETTINGS.env,
  nodes: RUN_SETTINGS.nodes,
  timeLimit: { ...RUN_SETTINGS.timeLimit, default: '60s' },
  seeds: { ...SUITE_SETTINGS.seeds, default: '1', description: 'number of seeds of each workload' },
  jobs: { ...SUITE_SETTINGS.jobs, default: '1' },
  ...OUT,
  format: {
    type: 'string',
    value: 'name',
    default: 'text',
    choices: ['text', 'json'],
    description: 'text or json',
  },
} as const satisfies Settings
