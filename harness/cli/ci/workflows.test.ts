/** The generated workflows: the shell in them, and the step that opens issues against a platform that is played. */
import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { execa, execaSync } from 'execa'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { temporaryFolder } from '../../testing/command.ts'
import { WORKFLOWS } from './files.ts'
import { githubWorkflow } from './github.ts'
import { gitlabJobs } from './gitlab.ts'
import { writeWorkflow } from './write.ts'

interface Step {
  readonly name?: string
  readonly run?: string
}
interface Job {
  readonly steps: readonly Step[]
  readonly script?: readonly string[]
  readonly before_script?: readonly string[]
  readonly after_script?: readonly string[]
}

const github = parse(githubWorkflow()) as { readonly jobs: Readonly<Record<string, Job>> }
const gitlab = parse(gitlabJobs()) as Readonly<Record<string, Job>>

const githubScripts = Object.values(github.jobs).flatMap(({ steps }) =>
  steps.flatMap(({ run }) => (run === undefined ? [] : [run])),
)
const gitlabScripts = Object.values(gitlab).flatMap(
  ({ script = [], before_script = [], after_script = [] }) => [...script, ...before_script, ...after_script],
)

const NEW = 'aaaaaaaaaaaaaaaa'
const OPEN = 'bbbbbbbbbbbbbbbb'
const KNOWN = 'cccccccccccccccc'
const HOSTILE = 'Lost: `$(touch pwned)` "; touch pwned\n~~~~ @everyone <script>'

const finding = (fingerprint: string, knownSince: string | null): object => ({
  ...{ fingerprint, sentence: HOSTILE, knownSince },
  runs: ['/r/1'],
})
const SUITE = {
  suite: 'nightly',
  findings: [finding(NEW, null), finding(OPEN, null), finding(KNOWN, '2026-01-01'), finding('$(id)', null)],
  results: [{ runDir: '/r/1', command: 'faultline run raft --seed 1' }],
}

/** A project after the merge, and a campaign of an earlier night that is not to be looked at. */
const projectIn = (folder: string): void => {
  const write = (time: string, suite: object): void => {
    const dir = path.join(folder, 'results/suites/nightly', time)
    fs.mkdirSync(dir, { recursive: true })
    fs.writeFileSync(path.join(dir, 'suite.json'), JSON.stringify(suite))
    for (const file of ['summary.md', 'junit.xml']) fs.writeFileSync(path.join(dir, file), time)
  }
  write('1', { ...SUITE, findings: [finding('dddddddddddddddd', null)] })
  const old = new Date(Date.now() - 86_400_000)
  fs.utimesSync(path.join(folder, 'results/suites/nightly/1/suite.json'), old, old)
  fs.mkdirSync(path.join(folder, 'shards'))
  const before = new Date(Date.now() - 60_000)
  fs.utimesSync(path.join(folder, 'shards'), before, before)
  write('2', SUITE)
}

/** A program of that name that comes first in the path. */
const stub = (folder: string, name: string, text: string): void => {
  fs.mkdirSync(path.join(folder, 'bin'), { recursive: true })
  fs.writeFileSync(path.join(folder, 'bin', name), text, { mode: 0o755 })
}

const run = (folder: string, script: string, env: Readonly<Record<string, string>>) =>
  execa('bash', ['-e', '-o', 'pipefail', '-c', script], {
    cwd: folder,
    reject: false,
    env: { ...env, PATH: `${path.join(folder, 'bin')}:${process.env.PATH}` },
  })

const GH = `#!/usr/bin/env node
const words = process.argv.slice(2)
require('node:fs').appendFileSync('calls.jsonl', JSON.stringify(words) + '\\n')
if (words[1] === 'list') console.log(JSON.stringify(words.join().includes('${OPEN}') ? [{ title: 'faultline ${OPEN} again' }] : []))
else console.log('https://example.org/1')
`

describe('the workflows', () => {
  it.each([...githubScripts, ...gitlabScripts].map((script) => [script.split('\n')[0], script]))(
    'the shell of %s is right',
    (_, script = '') => {
      const checked = execaSync('bash', ['-n'], {
        input: script.replaceAll(/\$\{\{.*?\}\}/g, 'x'),
        reject: false,
      })
      expect(checked.stderr).toBe('')
      expect(checked.exitCode).toBe(0)
    },
  )

  it('github: opens an issue for a new finding without one, whatever its sentence holds', async () => {
    using folder = temporaryFolder()
    projectIn(folder.path)
    stub(folder.path, 'gh', GH)
    const step = github.jobs.merge?.steps.find(({ name }) => name === 'An issue for each new finding')
    const { exitCode, stderr } = await run(folder.path, step?.run ?? '', {
      RUN_URL: 'https://example.org/run',
    })
    expect(exitCode, stderr).toBe(0)
    const calls = fs.readFileSync(path.join(folder.path, 'calls.jsonl'), 'utf8').trim().split('\n')
    const words = calls.map((line) => JSON.parse(line) as readonly string[])
    expect(words.map((each) => each[1])).toEqual(['list', 'create', 'list'])
    const create = words[1] ?? []
    expect(create.slice(0, 4)).toEqual(['issue', 'create', '--title', `faultline ${NEW} in nightly`])
    // Between two fences there is text only, and nothing ends the first one early.
    expect(create[5]?.split('\n').filter((line) => line.startsWith('~~~~'))).toHaveLength(2)
    expect(create[5]).toContain('faultline run raft --seed 1')
    expect(fs.existsSync(path.join(folder.path, 'pwned'))).toBe(false)
  })

  it('github: fails where gh fails', async () => {
    using folder = temporaryFolder()
    projectIn(folder.path)
    stub(folder.path, 'gh', '#!/bin/sh\nexit 4\n')
    const step = github.jobs.merge?.steps.find(({ name }) => name === 'An issue for each new finding')
    expect((await run(folder.path, step?.run ?? '', {})).exitCode).toBe(1)
  })

  it('gitlab: the same by its API, and the exit code of the merge stays', async () => {
    using folder = temporaryFolder()
    projectIn(folder.path)
    stub(folder.path, 'npx', '#!/bin/sh\n[ "$2" = merge ] && exit 5\nexit 0\n')
    const posted: string[] = []
    const server = http.createServer((request, response) => {
      request.setEncoding('utf8')
      let body = ''
      request.on('data', (chunk: string) => {
        body += chunk
      })
      request.on('end', () => {
        if (request.headers['private-token'] !== 'secret') response.statusCode = 401
        if (request.method === 'POST') posted.push(body)
        const found = request.url?.includes(OPEN) === true ? [{ title: `faultline ${OPEN}` }] : []
        response.end(JSON.stringify(request.method === 'POST' ? { web_url: 'there' } : found))
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const env = {
      CI_API_V4_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      CI_PROJECT_ID: '7',
      CI_PIPELINE_URL: 'https://example.org/p',
    }
    const script = gitlab['faultline-merge']?.script?.join('\n') ?? ''
    const refused = await run(folder.path, script, { ...env, FAULTLINE_TOKEN: 'wrong' })
    expect(refused.stderr).toContain('/projects/7/issues?state=opened')
    expect(refused.exitCode).toBe(1)
    const { exitCode, stderr } = await run(folder.path, script, { ...env, FAULTLINE_TOKEN: 'secret' })
    server.close()
    expect(exitCode, stderr).toBe(5)
    expect(posted.map((text) => (JSON.parse(text) as { readonly title: string }).title)).toEqual([
      `faultline ${NEW} in nightly`,
    ])
    expect(fs.readFileSync(path.join(folder.path, 'summary.md'), 'utf8')).toBe('2')
  })

  it('overwrite nothing, and take the configuration and the target that are there', () => {
    using folder = temporaryFolder()
    const read = (name: string): string => fs.readFileSync(path.join(folder.path, name), 'utf8')
    fs.writeFileSync(path.join(folder.path, '.gitlab-ci.yml'), 'mine')
    fs.writeFileSync(path.join(folder.path, 'target.ts'), 'mine')
    expect(writeWorkflow(folder.path, 'gitlab')).toBe(0)
    expect(read('.gitlab-ci.yml')).toBe('mine')
    expect(read('faultline.config.ts')).toContain("targets: ['./target.ts']")
    fs.writeFileSync(path.join(folder.path, 'faultline.config.ts'), 'mine')
    expect(writeWorkflow(folder.path, 'gitlab')).toBe(255)
    expect(writeWorkflow(folder.path, 'github')).toBe(0)
    expect(read('faultline.config.ts')).toBe('mine')
    expect(read('.github/workflows/faultline.yml')).toBe([...WORKFLOWS.github().values()][0])
  })
})
