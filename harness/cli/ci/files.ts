/** What `init --ci` writes: the workflow, and a configuration to begin with. */

import { githubWorkflow } from './github.ts'
import { GITLAB_FRAGMENT, gitlabInclude, gitlabJobs } from './gitlab.ts'
import type { Platform } from './issue-script.ts'

/** Path below the project -> text. */
export const WORKFLOWS: Readonly<Record<Platform, () => ReadonlyMap<string, string>>> = {
  github: () => new Map([['.github/workflows/faultline.yml', githubWorkflow()]]),
  gitlab: () =>
    new Map([
      [GITLAB_FRAGMENT, gitlabJobs()],
      ['.gitlab-ci.yml', gitlabInclude()],
    ]),
}

/** What to do by hand where a file is there already. */
export const BY_HAND: Readonly<Record<string, string>> = {
  '.gitlab-ci.yml': `add these lines to it:\n\n${gitlabInclude()}`,
}

/** @param target a bundled one, or the path of a module */
export const startingConfig = (target: string): string => `import type { Config } from 'faultline'

const config: Config = {
  suites: [
    {
      name: 'nightly',
      targets: ['${target}'],
      // 'all' stands for every bundled workload whose calls the target answers.
      workloads: ['register'],
      nemeses: ['partition', 'kill,pause', 'all'],
      settings: { timeLimit: '60s' },
      seeds: 10,
      budget: '60m',
    },
  ],
}

export default config
`
