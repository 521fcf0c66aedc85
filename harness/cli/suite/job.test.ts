/** The manifest of a Job, and the shell in it with programs that are played. */
import fs from 'node:fs'
import path from 'node:path'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { waitUntil } from '../../support/wait.ts'
import { faultline, temporaryFolder } from '../../testing/command.ts'
import { type JobSpec, jobManifest } from './job.ts'

interface Job {
  readonly spec: {
    readonly completions: number
    readonly template: {
      readonly spec: {
        readonly containers: readonly [{ readonly command: readonly string[]; readonly envFrom?: unknown }]
        readonly volumes: readonly object[]
      }
    }
  }
}

const SPEC: JobSpec = {
  ...{ suite: 'Nightly_1.2', file: "it's.yaml", text: 'suites: []\n', image: 'i', shards: 3 },
  words: ['--grep', 'raft kill'],
  claim: null,
}

const documents = (spec: JobSpec): readonly [object, Job] =>
  parseAllDocuments(jobManifest(spec)).map((each) => each.toJS() as object) as unknown as [object, Job]

/** Runs the shard of index 1 with these programs in place of faultline and curl. */
const play = (folder: string, spec: JobSpec, program: string, curl = 'echo "$@" > uploaded') => {
  const script = documents(spec)[1].spec.template.spec.containers[0].command[2] ?? ''
  for (const [name, text] of Object.entries({ faultline: program, curl }))
    fs.writeFileSync(path.join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
  const here = script
    .replaceAll('/results/', `${folder}/results/`)
    .replaceAll('directory /results', `directory ${folder}/results`)
  return execa('sh', ['-c', here.replaceAll('/tmp/results', `${folder}/results`)], {
    cwd: folder,
    reject: false,
    env: {
      ...{ PATH: `${folder}:${process.env.PATH}`, JOB_COMPLETION_INDEX: '1', JOB_NAME: 'n', JOB_UID: 'u' },
      ...{ S3_REGION: 'r', S3_ACCESS_KEY: 'a', S3_SECRET_KEY: 's', S3_ENDPOINT: 'https://e', S3_BUCKET: 'b' },
    },
  })
}

describe('the Job', () => {
  it('has a pod for each shard, and the configuration', () => {
    const [config, job] = documents(SPEC)
    expect(config).toMatchObject({
      metadata: { name: 'faultline-nightly-1-2' },
      data: { "it's.yaml": 'suites: []\n' },
    })
    expect(job.spec).toMatchObject({ completionMode: 'Indexed', completions: 3, backoffLimitPerIndex: 0 })
    expect(documents({ ...SPEC, claim: 'c' })[1].spec.template.spec).toMatchObject({
      volumes: [{}, { persistentVolumeClaim: { claimName: 'c' } }, {}],
    })
    expect(() => jobManifest({ ...SPEC, text: 'x'.repeat(1e6) })).toThrow('too large for a ConfigMap')
  })

  it('runs its shard, uploads the results after a failure too, and keeps the exit code', async () => {
    using folder = temporaryFolder()
    const program = `for word; do echo "$word"; done > words; echo hello > ${folder.path}/results/shard-1/x; exit 3`
    const { exitCode } = await play(folder.path, SPEC, program)
    expect(exitCode).toBe(3)
    const read = (name: string): string => fs.readFileSync(path.join(folder.path, name), 'utf8')
    expect(read('words').trim().split('\n')).toEqual([
      ...['suite', "/suite/it's.yaml", '--shard', '2/3', '--out', `${folder.path}/results/shard-1`],
      ...['--grep', 'raft kill'],
    ])
    expect(read('uploaded')).toContain('https://e/b/n/u/shard-1.tar.gz')
    const { stdout } = await execa('tar', ['tzf', path.join(folder.path, 'results.tar.gz')])
    expect(stdout).toContain('shard-1/x')
  })

  it('fails where the upload fails, and uploads nothing where there is a volume', async () => {
    using folder = temporaryFolder()
    expect((await play(folder.path, SPEC, 'exit 0', 'exit 22')).exitCode).toBe(254)
    expect((await play(folder.path, { ...SPEC, claim: 'c' }, 'exit 0', 'exit 22')).exitCode).toBe(0)
  })

  it('passes on that the pod is to end, and uploads what there is', async () => {
    using folder = temporaryFolder()
    const program = `trap 'echo told > told; exit 130' TERM; touch began; while :; do sleep 0.1; done`
    const running = play(folder.path, SPEC, program)
    const began = async (): Promise<boolean> => fs.existsSync(path.join(folder.path, 'began'))
    expect(await waitUntil(began, 30_000, 20, AbortSignal.timeout(31_000))).toBe(true)
    running.kill('SIGTERM')
    expect((await running).exitCode).toBe(130)
    expect(fs.existsSync(path.join(folder.path, 'told'))).toBe(true)
    expect(fs.existsSync(path.join(folder.path, 'uploaded'))).toBe(true)
  })

  it('is printed, with a word on files that the pods will lack', async () => {
    using folder = temporaryFolder()
    const file = path.join(folder.path, 'suites.yaml')
    fs.writeFileSync(file, "suites: [{ name: s, targets: ['raft', './mine.ts'] }]")
    const { stdout, stderr, exitCode } = await faultline([
      'suite',
      file,
      '--print-job',
      '--shards',
      '2',
      '--keep',
      '1GB',
    ])
    expect(exitCode, stderr).toBe(0)
    expect(stderr).toContain('suites.yaml names other files')
    expect(stdout).toContain('--suite s --jobs auto --keep 1GB')
    expect(stdout).toContain('completions: 2')
  })
})
