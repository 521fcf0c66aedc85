import { defineConfig } from 'vitest/config'

const exclude = ['**/node_modules/**', '.dist/**', 'results/**']

export default defineConfig({
  test: {
    // Counted afterwards by .ci/run.
    reporters: ['default', ['json', { outputFile: '.cache/test-results.json' }]],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [...exclude, '**/*.e2e.test.ts'],
          // Guards against hanging only.
          testTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['**/*.e2e.test.ts'],
          exclude,
          // Real clusters on two cores: one file at a time. The limits only guard against hanging.
          fileParallelism: false,
          // Of the tests of a file that say that they can run at once.
          maxConcurrency: 2,
          testTimeout: 600_000,
          hookTimeout: 600_000,
          globalSetup: ['harness/testing/global-setup.ts'],
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
