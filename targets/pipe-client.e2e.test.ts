/** The examples of clients in other languages, on a Redis that is killed and cut off. */
import path from 'node:path'
import { execa } from 'execa'
import { expect, it } from 'vitest'
import { describeWith, missingLinuxRoot, PROJECT_ROOT } from '../harness/testing/capabilities.ts'
import { temporaryFolder } from '../harness/testing/command.ts'
import { effectsOf, expectKept, play } from '../harness/testing/play.ts'

const TARGET = path.join(PROJECT_ROOT, 'harness/testing/pipe-target.ts')
const EXAMPLES = path.join(PROJECT_ROOT, 'targets/examples')
const FLAGS =
  '-n kill,partition --plan steady --nemesis-opts interval=3s,duration=1s,kill.signals=SIGKILL,kill.patterns=at-once --rate 200 --time-limit 9s --seed 1'

/** Where a program is; null if this machine has none. The languages are for peers: users may not have them. */
const whereIs = async (program: string): Promise<string | null> => {
  const { stdout, exitCode } = await execa('sh', ['-c', `command -v ${program}`], { reject: false })
  return exitCode === 0 ? stdout : null
}

const python = await whereIs('python3')
const go = await whereIs('go')

/** How much it gets done is up to the machine: beside eight busy programs, it was a twentieth. */
const LEAST_OK = 10

const expectClientWorks = async (client: string): Promise<void> => {
  const played = await play([TARGET, '--env', 'namespaces', '--target-opts', `client=${client}`], FLAGS)
  expectKept(played)
  for (const nemesis of ['kill', 'partition']) expect(effectsOf(played, nemesis), nemesis).not.toHaveLength(0)
  expect(played.verdict.counts.ok).toBeGreaterThan(LEAST_OK)
}

describeWith(missingLinuxRoot(), 'a client', () => {
  it.skipIf(python === null)('in Python serves a workload under faults', () =>
    expectClientWorks(`${python} ${path.join(EXAMPLES, 'redis_register.py')}`),
  )

  it.skipIf(go === null)('in Go serves a workload under faults', async () => {
    using folder = temporaryFolder()
    const binary = path.join(folder.path, 'client')
    await execa(go as string, ['build', '-o', binary, path.join(EXAMPLES, 'redis_register.go')])
    await expectClientWorks(binary)
  })
})
