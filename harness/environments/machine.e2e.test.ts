/**
 * What another machine than this one can do: Debian's kernel with cgroup v2 alone, under systemd, in a virtual machine. Its
 * emulated processor is slow, so no test depends on how fast a cluster is, nor on the verdict about its recovery.
 */
import fs from 'node:fs'
import path from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Finding } from '../api/environment.ts'
import type { FaultRecord } from '../api/record.ts'
import type { RunVerdict } from '../api/verdict.ts'
import { loadRun } from '../store/run-store.ts'
import { NS_PER_S } from '../support/time.ts'
import { describeWith, isFull } from '../testing/capabilities.ts'
import { temporaryFolder } from '../testing/command.ts'
import { INSIDE, machineImage } from '../testing/machine/image.ts'
import { FAULTLINE, type MachineResult, missingForMachine, runInMachine } from '../testing/machine/machine.ts'

const VICTIM = { victims: 'one', order: ['n1'] }
const CPU = { ...VICTIM, share: 0.05, neighbours: 4 }
const IO = { ...VICTIM, operationsPerSecond: 10, kibPerSecond: 32 }
const MEMORY = { ...VICTIM, headroom: 0 }

/** Each fault that uses cgroups, once: how many seconds it lasts, and what it does. */
const PLAN = {
  'cpu-1': [3, { ...CPU, mode: 'quota' }],
  'cpu-2': [3, { ...CPU, mode: 'neighbour' }],
  'io-1': [8, { ...IO, mode: 'operations' }],
  'io-2': [8, { ...IO, mode: 'bandwidth' }],
  'pause-1': [3, { ...VICTIM, method: 'freezer', pattern: 'stall' }],
  'memory-1': [4, { ...MEMORY, mode: 'squeeze' }],
  'memory-2': [4, { ...MEMORY, mode: 'oom' }],
} as const
const MODELS = { cpu: 'timing', io: 'timing', pause: 'pause', memory: 'kill' }
const GAP_S = 2

const lines: string[] = []
let atS = 0
for (const [id, [lastsS, intent]] of Object.entries(PLAN)) {
  const nemesis = id.split('-')[0] as keyof typeof MODELS
  atS += GAP_S
  const times = { atNs: atS * NS_PER_S, durationNs: lastsS * NS_PER_S }
  lines.push(
    JSON.stringify({ type: 'planned', fault: { id, nemesis, model: MODELS[nemesis], ...times, intent } }),
  )
  atS += lastsS
}

/** Few operations, and much patience. */
const PATIENT = '--ready-timeout 300s --recovery-timeout 120s --seed 1'
const SLOW = `--concurrency 3 --rate 10 ${PATIENT}`

const BEGIN = `
export NODE_COMPILE_CACHE=/var/tmp/compiled
results=${INSIDE.results}
told() { echo "$(cut -d ' ' -f 1 /proc/uptime) s after boot: $*"; }
`
/** Lists what is left of runs. The machine's own service has faultline's name nowhere. */
const END = `
find /sys/fs/cgroup -name 'faultline*' > $results/left
ls /var/tmp | grep ^faultline >> $results/left
true
`

/** The settings that make each fault of the plan. */
const FAULTS = `--faults ${INSIDE.input}/faults.jsonl --time-limit ${atS + GAP_S}s`

const run = (name: string, target: string): string => `
${FAULTLINE} run ${target} ${SLOW} --out $results/runs --json > $results/${name}.json
told "${name} ended with $?"
`

const SCRIPT = `${BEGIN}
told begin
${FAULTLINE} doctor --json > $results/doctor.json
told doctor
${run('faults', `raft --env namespaces --nodes 1 ${FAULTS}`)}
${END}`

/** Guards against hanging only: on a busy machine it takes several times as long as on a quiet one. */
const DEADLINE_MS = 25 * 60_000
const MANY_DEADLINE_MS = 75 * 60_000
/** The image is made the first time. */
const SETUP_TIMEOUT_MS = MANY_DEADLINE_MS + 600_000

const readResult = (folder: string, name: string): string =>
  fs.readFileSync(path.join(folder, 'results', name), 'utf8')

/** A run that the machine made, by the name of its verdict. */
const ranIn = (folder: string, name: string) => {
  const verdict = JSON.parse(readResult(folder, `${name}.json`)) as RunVerdict & { readonly runDir: string }
  const runDir = path.join(folder, 'results', path.relative(INSIDE.results, verdict.runDir))
  return { verdict, record: loadRun(runDir).record }
}

/** By the measurements of each fault. */
const expectEffective = (folder: string, name: string): void => {
  const { record } = ranIn(folder, name)
  const faults = record.faults ?? []
  expect(faults.map(({ planned: { id }, effective }) => [id, effective])).toEqual(
    Object.keys(PLAN).map((id) => [id, true]),
  )
  const measured = (id: string) =>
    faults.find((fault: FaultRecord) => fault.planned.id === id)?.effects.at(-1)?.measurements ?? {}
  expect(measured('cpu-1').throttledMs).toBeGreaterThan(0)
  expect(measured('cpu-2').takenMs).toBeGreaterThan(0)
  for (const id of ['io-1', 'io-2']) expect(measured(id).slowed).toBe(1)
  expect(measured('pause-1').stalledMs).toBeGreaterThan(1000)
  expect(measured('memory-2').killed).toBeGreaterThan(0)
}

const writePlan = (folder: string): string => {
  const file = path.join(folder, 'faults.jsonl')
  fs.writeFileSync(file, ['{"schema":"faultline.faults/1"}', ...lines, ''].join('\n'))
  return file
}

interface Script {
  readonly script: string
  readonly files?: Readonly<Record<string, string>>
  /** Debian's packages that the machine needs besides. */
  readonly packages?: readonly string[]
  readonly deadlineMs?: number
}

/** A machine that runs the script before the tests that are defined next, and two tests of every script. */
const useMachine = (make: (folder: string) => Promise<Script>) => {
  const folder = temporaryFolder()
  let ran: MachineResult
  beforeAll(async () => {
    const { script, files = {}, packages, deadlineMs = DEADLINE_MS } = await make(folder.path)
    ran = await runInMachine({
      image: await machineImage(packages),
      folder: folder.path,
      script,
      files: { 'faults.jsonl': writePlan(folder.path), ...files },
      deadlineMs,
    })
    process.stderr.write(ran.output)
  }, SETUP_TIMEOUT_MS)
  afterAll(() => folder[Symbol.dispose]())

  it('the machine runs the script to its end', () =>
    expect(ran.exitCode, `${ran.output}\n${ran.console}`).toBe(0))
  it('the runs leave nothing behind', () => expect(readResult(folder.path, 'left')).toBe(''))
  return { folder: folder.path }
}

/** The notes of doctor on nemeses, by name: of those that are possible, or of those that are not. */
const nemesesIn = (folder: string, name: string, ok: boolean): Readonly<Record<string, string>> => {
  const findings = JSON.parse(readResult(folder, name)) as readonly Finding[]
  const nemeses = findings.filter((each) => each.what.startsWith('nemesis ') && each.ok === ok)
  return Object.fromEntries(nemeses.map(({ what, note }) => [what.replace('nemesis ', ''), note]))
}

const asRoot = (): void => {
  const { folder } = useMachine(async () => ({ script: SCRIPT }))

  it('doctor finds every nemesis possible, and cgroups by version 2', () => {
    expect(nemesesIn(folder, 'doctor.json', false)).toEqual({})
    const possible = nemesesIn(folder, 'doctor.json', true)
    for (const name of ['cpu', 'memory', 'io', 'pause']) expect(possible[name]).toContain('cgroup v2')
  })

  it('each fault by cgroup is effective, by its own measurements', () => expectEffective(folder, 'faults'))
}

const USER = 'tester'
/** As systemd delegates nothing but cpu and memory to users by default. */
const DELEGATE = '[Service]\\nDelegate=cpu cpuset io memory pids\\n'

const USER_SCRIPT = `${BEGIN}
mkdir --mode 777 $results/runs
told begin
useradd --create-home ${USER}
as_user() { setpriv --reuid ${USER} --regid ${USER} --init-groups env HOME=/home/${USER} "$@"; }
as_user ${FAULTLINE} doctor --json > $results/doctor-alone.json
loginctl enable-linger ${USER}
until systemctl is-active --quiet user@$(id -u ${USER}); do sleep 1; done
as_user ${FAULTLINE} doctor --json > $results/doctor-user.json
mkdir /etc/systemd/system/user@.service.d
printf '${DELEGATE}' > /etc/systemd/system/user@.service.d/delegate.conf
systemctl daemon-reload
systemctl restart user@$(id -u ${USER})
told "the user's manager was restarted"
as_user ${FAULTLINE} doctor --json > $results/doctor-delegated.json
told "doctor of the user"
${run('user', `raft --env namespaces --nodes 1 ${FAULTS}`).replace(FAULTLINE, `as_user ${FAULTLINE}`)}
${END}`

const asUser = (): void => {
  const { folder } = useMachine(async () => ({ script: USER_SCRIPT }))

  it('a user has the cgroups that systemd delegates, and doctor says how to get the others', () => {
    const alone = nemesesIn(folder, 'doctor-alone.json', false)
    expect(Object.keys(alone).sort()).toEqual(['cpu', 'io', 'memory'])
    expect(alone.cpu).toContain(`loginctl enable-linger ${USER}`)
    const byDefault = nemesesIn(folder, 'doctor-user.json', false)
    expect(Object.keys(byDefault)).toEqual(['io'])
    expect(byDefault.io).toContain('user@.service.d/delegate.conf')
    expect(nemesesIn(folder, 'doctor-delegated.json', false)).toEqual({})
  })

  it('each fault by cgroup is effective in a run of the user', () => expectEffective(folder, 'user'))
}

/** A bug shows in more operations than the other runs need. */
const DEMO_SETTINGS = `--concurrency 8 --rate 40 --nodes 3 --time-limit 120s ${PATIENT}`

const DEMO_SCRIPT = `${BEGIN}
${FAULTLINE} demo ${DEMO_SETTINGS} --out $results/runs > $results/demo.txt
told "demo ended with $?"
${END}`

const withDemo = (): void => {
  const { folder } = useMachine(async () => ({ script: DEMO_SCRIPT }))

  // The emulated processor is too slow for what is claimed of recovery: the verdict says so, and is then unknown. With so few
  // operations, it is chance whether they meet the bug.
  it('ends, and calls no healthy cluster invalid', () => {
    const said = readResult(folder, 'demo.txt')
    process.stderr.write(said)
    expect(said).toMatch(/The healthy cluster is (valid|unknown), the planted bug is (caught|not caught)/)
  })
}

const MANY_SCRIPT = `${BEGIN}
told begin
zcat ${INSIDE.input}/etcd.tar.gz | docker load
told "docker has the image"
${run('docker', `etcd --env docker --nodes 1 ${FAULTS}`)}
${run('all', 'raft --env namespaces --nodes 3 -n all --time-limit 90s')}
${END}`

/** The image of etcd, as the set-up of the tests has built it. */
const saveImage = async (folder: string): Promise<string> => {
  const file = path.join(folder, 'etcd.tar')
  await execa('docker', ['save', '--output', file, 'faultline/etcd'])
  await execa('gzip', [file])
  return `${file}.gz`
}

const withEverything = (): void => {
  const { folder } = useMachine(async (into) => ({
    script: MANY_SCRIPT,
    files: { 'etcd.tar.gz': await saveImage(into) },
    packages: ['docker.io', 'apparmor'],
    deadlineMs: MANY_DEADLINE_MS,
  }))

  it('each fault by cgroup is effective in Docker', () => expectEffective(folder, 'docker'))

  it('all nemeses at once make faults, as far as the slow machine lets a cluster serve', () => {
    const { record, verdict } = ranIn(folder, 'all')
    const effective = (record.faults ?? []).filter((fault) => fault.effective)
    expect(new Set(effective.map(({ planned: { nemesis } }) => nemesis)).size).toBeGreaterThan(3)
    expect(verdict.counts.ok).toBeGreaterThan(10)
    expect(verdict.status, verdict.summary).not.toBe('invalid')
  })
}

// An emulated machine takes many minutes.
describe.runIf(isFull)('another machine', () => {
  describeWith(missingForMachine(), 'as root under cgroup v2 and systemd', asRoot)
  describeWith(missingForMachine(), 'a user other than root under cgroup v2 and systemd', asUser)
  describeWith(missingForMachine(), 'the demo under cgroup v2 and systemd', withDemo)
  describeWith(missingForMachine(), 'Docker and all nemeses under cgroup v2 and systemd', withEverything)
})
