import type { KnownBug } from '../../harness/api/corpus.ts'

export const pysyncobjTerm: KnownBug = {
  id: 'pysyncobj-term',
  system: 'PySyncObj',
  affected: '0.3.15 and before',
  fixed: '0.3.16',
  link: 'https://github.com/bakwc/PySyncObj',
  what: 'A member that starts again has forgotten its term and its vote, so that terms begin again at zero and one term has two leaders.',
  kind: 'bug',
  by: 'ordinary run',
  run: {
    target: 'pysyncobj',
    targetOpts: 'version=0.3.15',
    workload: 'set',
    nemesis: 'kill',
    timeLimit: '30s',
  },
  control: { targetOpts: 'version=0.3.16' },
  finds: ['term goes back', 'two leaders in one term'],
  beyondDefaults: null,
}
