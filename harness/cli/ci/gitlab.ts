/** The jobs for GitLab CI, as a file that .gitlab-ci.yml includes. */

import { issueScript } from './issue-script.ts'
import { BUDGET, indented, KEEP, mergedSuite, SHARDS } from './shared-text.ts'

export const GITLAB_FRAGMENT = '.gitlab/faultline.gitlab-ci.yml'

export const gitlabInclude = (): string => `include:
  - local: ${GITLAB_FRAGMENT}
`

const SUITE_JOB = `# Written by faultline init --ci gitlab. It is yours to change.
# It needs a schedule of pipelines, a runner whose executor is docker with privileged = true (or a shell of root),
# and for the issues a project access token with the scope api, as the masked variable FAULTLINE_TOKEN.

.faultline:
  image: node:24-bookworm
  rules:
    - if: $CI_PIPELINE_SOURCE == "schedule"
  variables:
    BUDGET: ${BUDGET}
    KEEP: ${KEEP}
    XDG_CACHE_HOME: $CI_PROJECT_DIR/.cache
    npm_config_cache: $CI_PROJECT_DIR/.cache/npm
  before_script:
    - npm ci --no-audit --no-fund

faultline:
  extends: .faultline
  stage: test
  parallel: ${SHARDS.length}
  timeout: 2h
  cache:
    - key: faultline-programs
      paths: [.cache/]
    - key: faultline-corpus
      paths: [results/corpus/]
      policy: pull
  script:
    - npx faultline suite --shard "$CI_NODE_INDEX/$CI_NODE_TOTAL" --budget "$BUDGET" --keep "$KEEP"
  after_script:
    - mkdir -p shards && if [ -d results ]; then mv results "shards/$CI_NODE_INDEX"; fi
  artifacts:
    when: always
    paths: [shards/]
    expire_in: 2 weeks
`

const mergeJob = (): string => `faultline-merge:
  extends: .faultline
  stage: .post
  rules:
    - if: $CI_PIPELINE_SOURCE == "schedule"
      when: always
  needs:
    - job: faultline
      artifacts: true
  cache:
    - key: faultline-programs
      paths: [.cache/]
      policy: pull
    - key: faultline-corpus
      paths: [results/corpus/]
      when: always
    - key: faultline-suites
      paths: [results/suites/]
      when: always
  script:
    - |
      code=0
      npx faultline merge shards/*/ --out results || code=$?
      suite="$(${mergedSuite})"
      cp "$suite/junit.xml" "$suite/summary.md" .
      npx faultline trend results
      RUN_URL="$CI_PIPELINE_URL" node - "$suite/suite.json" <<'PROGRAM'
${indented(issueScript('gitlab'), 6)}
      PROGRAM
      exit "$code"
  artifacts:
    when: always
    paths: [results/suites/, summary.md]
    expose_as: faultline
    reports:
      junit: junit.xml
    expire_in: 3 months
`

export const gitlabJobs = (): string => `${SUITE_JOB}
${mergeJob()}`
