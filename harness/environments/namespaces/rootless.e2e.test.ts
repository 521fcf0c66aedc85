/** A run by a user who is not root: the controller becomes root in its own user namespace only. */
import fs from 'node:fs'
import path from 'node:path'
import { execa, execaSync } from 'execa'
import { expect, it } from 'vitest'
import { loadRun } from '../../store/run-store.ts'
import { describeWith, missingLinuxRoot, PROJECT_ROOT } from '../../testing/capabilities.ts'
import { temporaryFolder } from '../../testing/command.ts'
import { hostBaseline } from '../../testing/host.ts'
import { FOLDER_VARIABLE, leftovers } from '../../testing/leftovers.ts'

/** A user without a name and without other processes, by whom leftovers of the run are found. */
const USER = 60_000 + (process.pid % 5000)
const AS_USER = ['--reuid', String(USER), '--regid', String(USER), '--clear-groups', '--inh-caps', '-all']

/** The kernel may forbid user namespaces to users other than root (by a sysctl). Then there is nothing to test. */
const missingUserNamespaces = (): string | null =>
  missingLinuxRoot() ??
  (execaSync('setpriv', [...AS_USER, 'unshare', '--user', '--map-root-user', 'true'], { reject: false })
    .exitCode === 0
    ? null
    : 'user namespaces for users who are not root')

/**
 * Other users may have no access to the checkout's folder, so its entries are mounted in a folder that is open to them.
 */
const SHOW_AND_RUN = `
set -e
for entry in "$1"/*; do
  place="$2/$(basename "$entry")"
  if [ -d "$entry" ]; then mkdir "$place"; else touch "$place"; fi
  mount --bind "$entry" "$place"
done
shift 2
exec "$@"`

describeWith(missingUserNamespaces(), 'without root', () => {
  it('a run starts its nodes, injects faults, judges, and leaves nothing behind', async () => {
    using folder = temporaryFolder()
    const [project, home] = ['project', 'home'].map((name) => path.join(folder.path, name)) as [
      string,
      string,
    ]
    fs.chmodSync(folder.path, 0o755)
    for (const place of [project, home]) fs.mkdirSync(place)
    fs.chownSync(home, USER, USER)
    // If Node was installed as a package, it is inside the checkout.
    const inside = path.relative(PROJECT_ROOT, process.execPath)
    const node = inside.startsWith('..') ? process.execPath : path.join(project, inside)
    const before = hostBaseline()
    const command = [
      ...['setpriv', ...AS_USER, 'env', `HOME=${home}`, `TMPDIR=${home}`, node],
      ...[path.join(project, 'harness/main.ts'), 'run', 'raft', '--env', 'namespaces'],
      ...['-n', 'partition,kill,pause', '--nemesis-opts', 'interval=4s,duration=800ms'],
      // On a busy machine, a cluster needs a while until it serves again; a run in which it never does is unknown.
      ...['--time-limit', '16s', '--seed', '4', '--out', path.join(home, 'results'), '--json'],
    ]
    const { exitCode, stdout, stderr } = await execa(
      'unshare',
      [
        '--mount',
        '--propagation',
        'private',
        'sh',
        '-c',
        SHOW_AND_RUN,
        'sh',
        PROJECT_ROOT,
        project,
        ...command,
      ],
      { reject: false, cwd: home, env: { NO_COLOR: '1', [FOLDER_VARIABLE]: folder.path } },
    )
    expect(exitCode, `${stderr}\n${stdout.slice(0, 1000)}`).toBe(0)
    const verdict = JSON.parse(stdout) as { readonly status: string; readonly runDir: string }
    expect(verdict.status).toBe('valid')
    const { record } = loadRun(verdict.runDir)
    const effective = new Set(
      (record.faults ?? []).filter((fault) => fault.effective).map(({ planned }) => planned.nemesis),
    )
    expect([...effective].sort()).toEqual(['kill', 'partition', 'pause'])
    expect(await leftovers(before, { folder: folder.path, uid: USER })).toEqual([])
  })
})
