/** The settings of `faultline suite`. */
import { OUT } from '../run/settings.ts'
import type { Settings } from '../setting.ts'

export const SUITE_SETTINGS = {
  suite: { type: 'string', value: 'name', description: 'the suite (default: the only one of the file)' },
  grep: { type: 'string', value: 'regex', description: 'only cases whose name matches' },
  shard: {
    type: 'string',
    value: 'i/n',
    default: '1/1',
    description: 'only every n-th case, from the i-th on: for several machines',
  },
  jobs: {
    type: 'string',
    value: 'n',
    default: 'auto',
    description: 'how many runs at once; auto: as many as this machine bears, by what the runs measure',
  },
  budget: {
    type: 'duration',
    value: 'duration',
    description: "no run begins that would not end within it (default: the suite's)",
  },
  seeds: { type: 'integer', value: 'n', min: 1, description: "number of seeds (default: the suite's)" },
  untilInvalid: { type: 'switch', description: 'stop at the first violation' },
  failFast: { type: 'switch', description: 'end each run as soon as a promise is seen to be broken' },
  untilFound: { type: 'switch', description: 'run no further seed of a case that has failed' },
  reproduce: {
    type: 'integer',
    value: 'k',
    min: 1,
    description:
      "repeat the first run of each new finding k times after all runs, beyond the budget (default: the suite's)",
  },
  shrink: {
    type: 'duration',
    value: 'duration',
    description:
      "make the first run of each new finding smaller for so long after all runs, beyond the budget (default: the suite's)",
  },
  resume: {
    type: 'string',
    value: 'folder',
    description: 'go on with an interrupted suite: its folder below <out>/suites',
  },
  keep: {
    type: 'string',
    value: 'size',
    description:
      'bound of the results, such as 5GB: runs that passed are thinned, the oldest first; failing ones stay whole, and no run begins without room (default: no bound)',
  },
  printJob: {
    type: 'switch',
    description: 'run nothing: print a Job of Kubernetes that runs the suite, a shard in each pod',
  },
  shards: {
    type: 'integer',
    value: 'n',
    default: '4',
    min: 1,
    description: 'of --print-job: number of pods',
  },
  image: {
    type: 'string',
    value: 'reference',
    default: 'faultline/faultline',
    description: 'of --print-job: the image, built from docker/faultline',
  },
  claim: {
    type: 'string',
    value: 'name',
    description:
      'of --print-job: PersistentVolumeClaim for the results (default: an S3-compatible store, by environment variables)',
  },
  ...OUT,
} as const satisfies Settings

/** The settings of `faultline corpus`. */
export const CORPUS_SETTINGS = {
  seeds: { ...SUITE_SETTINGS.seeds, default: '5', description: 'of run: number of seeds' },
  controls: {
    type: 'switch',
    description: 'of run: run the mended version, or the curing option, with the same seeds too',
  },
  jobs: { ...SUITE_SETTINGS.jobs, default: '1' },
  budget: {
    type: 'duration',
    value: 'duration',
    description: 'no run begins that would not end within it (default: no limit)',
  },
  keep: SUITE_SETTINGS.keep,
  resume: {
    type: 'string',
    value: 'folder',
    description: 'go on with an interrupted run of the corpus: its folder below <out>/suites',
  },
  ...OUT,
} as const satisfies Settings
