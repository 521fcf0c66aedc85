/** Machines that lack something: each is one sentence, what is recorded is judged, and nothing is left behind. */
import path from 'node:path'
import { execa } from 'execa'
import { expect, it } from 'vitest'
import { describeWith, missingLinuxRoot, PROJECT_ROOT } from '../testing/capabilities.ts'
import { temporaryFolder } from '../testing/command.ts'
import { hostBaseline } from '../testing/host.ts'
import { FOLDER_VARIABLE, leftovers } from '../testing/leftovers.ts'

const MAIN = path.join(PROJECT_ROOT, 'harness', 'main.ts')
const RUN = 'run raft --env namespaces --nodes 3 --rate 300 --time-limit 8s --seed 1'.split(' ')

/** Runs faultline after a shell script, in a mount namespace of its own. `$OUT` is the folder for the results. */
const runOn = async (script: string) => {
  using folder = temporaryFolder()
  const before = hostBaseline()
  const command = `mount --make-rprivate / && ${script} && exec "$@" --out "$OUT"`
  const { exitCode, stdout, stderr } = await execa(
    'unshare',
    ['--mount', 'sh', '-c', command, 'sh', process.execPath, MAIN, ...RUN],
    { reject: false, stdin: 'ignore', env: { OUT: folder.path, [FOLDER_VARIABLE]: folder.path } },
  )
  expect(await leftovers(before, folder.path)).toEqual([])
  return { exitCode, stdout, stderr }
}

describeWith(missingLinuxRoot(), 'a poor machine', () => {
  it('whose disk for results is full', async () => {
    const { exitCode, stdout, stderr } = await runOn('mount -t tmpfs -o size=200k tmpfs "$OUT"')
    expect(stderr).toMatch(/results could not be written any more \(ENOSPC.*the run ends here/)
    expect(stderr).not.toMatch(/\n\s+at /)
    expect(stdout).toMatch(/^UNKNOWN/)
    expect(stdout).toContain('linearizability  valid')
    expect(exitCode).toBe(2)
  })

  it.each([
    ['/var/tmp cannot be written', 'mount -t tmpfs -o ro tmpfs /var/tmp', 'make it writable'],
    ['processes may have few files open', 'ulimit -n 40', 'ulimit -n 100'],
    ['folder for results is a file', 'mkfifo "$OUT/no" && OUT="$OUT/no"', 'choose another folder with --out'],
  ])('whose %s', async (_, script, sentence) => {
    const { exitCode, stderr } = await runOn(script)
    expect(stderr).toContain(sentence)
    expect(stderr).not.toMatch(/\n\s+at /)
    expect(exitCode).toBe(254)
  })
})
