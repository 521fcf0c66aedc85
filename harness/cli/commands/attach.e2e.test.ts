/** A cluster that broke a promise is kept: a person enters a node, and whatever ends the run leaves nothing behind. */
import fs from 'node:fs'
import path from 'node:path'
import { execa } from 'execa'
import { expect, it } from 'vitest'
import { loadRun } from '../../store/run-store.ts'
import { sleep } from '../../support/wait.ts'
import { describeWith, missingLinuxRoot, PROJECT_ROOT } from '../../testing/capabilities.ts'
import { faultline, start, temporaryFolder } from '../../testing/command.ts'
import { hostBaseline } from '../../testing/host.ts'
import { leftovers } from '../../testing/leftovers.ts'

/** It loses every effect, under any load. */
const BROKEN = '--bug key-per-attempt -w effects --target-opts sink=deduplicating -n partition --seed 1'

/** Before any promise can be broken, for longer than it takes to see that one is. */
const CUT = [
  { schema: 'faultline.faults/1', faultline: 'test' },
  {
    type: 'planned',
    fault: {
      id: 'partition-1',
      nemesis: 'partition',
      model: 'partition',
      atNs: 1e8,
      durationNs: 300e9,
      intent: {
        ...{ shape: 'halves', oneWay: false, order: ['n1', 'n2', 'n3', 'n4', 'n5'] },
        ...{ clientGroup: 0, flapMs: 0, traffic: 'all', services: 'both' },
      },
    },
  },
]
  .map((line) => `${JSON.stringify(line)}\n`)
  .join('')

const running = (out: string, flags: string): ReturnType<typeof start> =>
  start(['run', 'raft', '--env', 'namespaces', '--time-limit', '5s', ...flags.split(' '), '--out', out])

/** Resolves when the cluster is kept. */
const kept = async (run: ReturnType<typeof start>): Promise<void> => {
  let said = ''
  run.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  while (!said.includes('faultline attach n1')) {
    if (run.exitCode !== null) throw new Error(said)
    await sleep(50)
  }
}

const inNode = async (name: string, script: string): Promise<string> => {
  const { stdout } = await execa(process.execPath, [`${PROJECT_ROOT}/harness/main.ts`, 'attach', name], {
    input: script,
  })
  return stdout
}

describeWith(missingLinuxRoot(), '--freeze', () => {
  it('keeps the cluster of a run that broke a promise until it is released', async () => {
    using folder = temporaryFolder()
    const before = hostBaseline()
    const run = running(folder.path, `${BROKEN} --freeze 10m`)
    await kept(run)
    expect(await inNode('n2', 'pwd; hostname; echo mine > kept; cat kept')).toBe(
      '/run/faultline/data\nn2\nmine',
    )
    const states = await inNode('n1', "cat /proc/[0-9]*/stat | grep -c ' T '")
    expect(Number(states)).toBeGreaterThanOrEqual(5)
    expect((await faultline(['attach', 'n9'])).stderr).toContain('There is no node named n9')
    expect((await faultline(['release'])).exitCode).toBe(0)
    expect((await run).exitCode).toBe(1)
    expect((await faultline(['attach', 'n1'])).stderr).toContain('No cluster is kept on this machine')
    expect(await leftovers(before, folder.path)).toEqual([])
  })

  it('with --fail-fast keeps it as soon as a promise is broken, and keeps the faults in force', async () => {
    using folder = temporaryFolder()
    const before = hostBaseline()
    const plan = path.join(folder.path, 'plan.jsonl')
    fs.writeFileSync(plan, CUT)
    const out = path.join(folder.path, 'results')
    const flags = `--bug stale-read --faults ${plan} --time-limit 10m --fail-fast --freeze 10m`
    const run = start(['run', 'raft', '--env', 'namespaces', ...flags.split(' '), '--out', out])
    await kept(run)
    expect(await inNode('n1', 'iptables -S | grep -c DROP')).not.toBe('0')
    expect((await faultline(['release'])).exitCode).toBe(0)
    expect((await run).exitCode).toBe(1)
    const [runDir = ''] = fs.globSync(`${out}/*/*/`)
    const { facts, faults } = loadRun(runDir).record
    expect(facts?.aborted).toBe('it was stopped by --fail-fast')
    expect(faults?.map(({ healedAtNs }) => healedAtNs)).toEqual([undefined])
    expect(await leftovers(before, folder.path)).toEqual([])
  })

  it('keeps nothing of a run that is killed meanwhile, and takes down one that is interrupted or was valid', async () => {
    using folder = temporaryFolder()
    const before = hostBaseline()
    const killed = running(folder.path, `${BROKEN} --freeze 10m`)
    await kept(killed)
    killed.kill('SIGKILL')
    await killed
    expect(await leftovers(before, folder.path)).toEqual([])
    const interrupted = running(folder.path, `${BROKEN} --freeze 10m`)
    await kept(interrupted)
    interrupted.kill('SIGTERM')
    expect((await interrupted).exitCode).toBe(1)
    const valid = await running(folder.path, '--seed 1 --freeze 10m')
    expect(valid.stderr).not.toContain('faultline attach')
    expect(valid.exitCode, valid.stderr).toBe(0)
    expect(await leftovers(before, folder.path)).toEqual([])
  })
})
