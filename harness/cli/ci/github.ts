/** The workflow for GitHub Actions. */

import { issueScript } from './issue-script.ts'
import { BUDGET, indented, KEEP, mergedSuite, SHARDS } from './shared-text.ts'

/** Where faultline keeps programs and images' parts when it runs as root. */
const PROGRAMS = '/var/cache/faultline'

const INSTALL = `      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 24
      - uses: actions/cache@v4
        with:
          path: ~/.npm
          key: npm-\${{ runner.os }}-\${{ hashFiles('**/package-lock.json') }}
          restore-keys: npm-\${{ runner.os }}-
      - run: npm ci --no-audit --no-fund`

/** What campaigns remember (known findings, plans that have failed) goes from night to night in a cache of its own. */
const corpus = (
  how: 'restore' | 'save',
): string => `      - uses: actions/cache/${how}@v4${how === 'save' ? '\n        if: always()' : ''}
        with:
          path: results/corpus
          key: faultline-corpus-\${{ github.run_id }}-\${{ github.run_attempt }}${how === 'save' ? '' : '\n          restore-keys: faultline-corpus-'}`

const SUITE_JOB = `  suite:
    runs-on: ubuntu-latest
    # The budget, and time to install, to end the last runs and to upload.
    timeout-minutes: 120
    permissions:
      contents: read
    strategy:
      fail-fast: false
      matrix:
        shard: [${SHARDS.join(', ')}]
    steps:
${INSTALL}
      - name: Make the folder of programs ours, so that its cache can be restored
        run: sudo mkdir -p ${PROGRAMS} && sudo chown "$(id -u):$(id -g)" ${PROGRAMS}
      - uses: actions/cache@v4
        with:
          path: ${PROGRAMS}
          key: faultline-programs-\${{ runner.os }}-\${{ hashFiles('**/package-lock.json') }}
          restore-keys: faultline-programs-\${{ runner.os }}-
${corpus('restore')}
      - name: Run this shard
        run: |
          sudo -E env "PATH=$PATH" npx faultline suite --shard "\${{ matrix.shard }}/\${{ strategy.job-total }}" --budget "$BUDGET" --keep "$KEEP"
      - name: Give the results to the user who uploads them
        if: always()
        run: |
          mkdir -p results
          sudo chown -R "$(id -u):$(id -g)" results ${PROGRAMS}
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: faultline-shard-\${{ matrix.shard }}
          path: results
          retention-days: 14`

const mergeJob = (): string => `  merge:
    needs: suite
    if: always()
    runs-on: ubuntu-latest
    timeout-minutes: 30
    permissions:
      contents: read
      issues: write
    steps:
${INSTALL}
${corpus('restore')}
      - uses: actions/cache@v4
        with:
          path: results/suites
          key: faultline-suites-\${{ github.run_id }}-\${{ github.run_attempt }}
          restore-keys: faultline-suites-
      - uses: actions/download-artifact@v4
        with:
          pattern: faultline-shard-*
          path: shards
      - name: Merge the shards
        run: npx faultline merge shards/*/ --out results
      - name: Job summary
        if: always()
        run: |
          suite="$(${mergedSuite})"
          cat "$suite/summary.md" >> "$GITHUB_STEP_SUMMARY"
          npx faultline trend results
      - name: An issue for each new finding
        if: always()
        env:
          GH_TOKEN: \${{ github.token }}
          GH_REPO: \${{ github.repository }}
          RUN_URL: \${{ github.server_url }}/\${{ github.repository }}/actions/runs/\${{ github.run_id }}
        run: |
          suite="$(${mergedSuite})"
          node - "$suite/suite.json" <<'PROGRAM'
${indented(issueScript('github'), 10)}
          PROGRAM
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: faultline
          path: results/suites
          retention-days: 90
${corpus('save')}`

export const githubWorkflow = (): string => `# Written by faultline init --ci github. It is yours to change.
name: faultline

on:
  schedule:
    - cron: '17 1 * * *'
  workflow_dispatch:

concurrency:
  group: faultline

env:
  BUDGET: ${BUDGET}
  KEEP: ${KEEP}

jobs:
${SUITE_JOB}

${mergeJob()}
`
