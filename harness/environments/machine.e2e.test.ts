/**
 * What another machine than this one can do: Debian's kernel with cgroup v2 alone, under systemd, in a virtual machine. Its
 * emulated processor is slow, so no test depends on how fast a cluster is, nor on the verdict about its recovery.
 */
import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
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

/** As `run` has them: few operations, and much patience. */
const SLOW = '--concurrency 3 --rate 10 --ready-timeout 300s --recovery-timeout 120s --seed 1'

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

describeWith(missingForMachine(), 'under cgroup v2 and systemd', () => {
  const folder = temporaryFolder()
  let machine: MachineResult
  beforeAll(async () => {
    machine = await runInMachine({
      image: await machineImage(),
      folder: folder.path,
      script: SCRIPT,
      files: { 'faults.jsonl': writePlan(folder.path) },
      deadlineMs: DEADLINE_MS,
    })
    process.stderr.write(machine.output)
  }, DEADLINE_MS + 600_000)
  afterAll(() => folder[Symbol.dispose]())

  it('the machine runs the script to its end', () =>
    expect(machine.exitCode, `${machine.output}\n${machine.console}`).toBe(0))

  it('doctor finds every nemesis possible, and cgroups by version 2', () => {
    const findings = JSON.parse(readResult(folder.path, 'doctor.json')) as readonly Finding[]
    const nemeses = findings.filter(({ what }) => what.startsWith('nemesis '))
    expect(nemeses.filter(({ ok }) => !ok)).toEqual([])
    const noteOf = (name: string): string | undefined =>
      nemeses.find(({ what }) => what === `nemesis ${name}`)?.note
    for (const name of ['cpu', 'memory', 'io', 'pause']) expect(noteOf(name)).toContain('cgroup v2')
  })

  it('each fault by cgroup is effective, by its own measurements', () =>
    expectEffective(folder.path, 'faults'))

  it('the run leaves nothing behind', () => expect(readResult(folder.path, 'left')).toBe(''))
})

const USER = 'tester'
/** As systemd delegates nothing but cpu and memory to users by default. */
const DELEGATE = '[Service]\\nDelegate=cpu cpuset io memory pids\\n'

/** Commands that only the long form takes the time for. */
const LONG_SCRIPT = `${BEGIN}
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

/** The long form only. */
const longForm = (): void => {
  const folder = temporaryFolder()
  let machine: MachineResult
  beforeAll(async () => {
    machine = await runInMachine({
      image: await machineImage(),
      folder: folder.path,
      script: LONG_SCRIPT,
      files: { 'faults.jsonl': writePlan(folder.path) },
      deadlineMs: DEADLINE_MS,
    })
    process.stderr.write(machine.output)
  }, DEADLINE_MS + 600_000)
  afterAll(() => folder[Symbol.dispose]())

  it('the machine runs the script to its end', () =>
    expect(machine.exitCode, `${machine.output}\n${machine.console}`).toBe(0))

  it('a user has the cgroups that systemd delegates, and doctor says how to get the others', () => {
    const lacks = (name: string): Readonly<Record<string, string>> => {
      const findings = JSON.parse(readResult(folder.path, name)) as readonly Finding[]
      const nemeses = findings.filter(({ what, ok }) => what.startsWith('nemesis ') && !ok)
      return Object.fromEntries(nemeses.map(({ what, note }) => [what.replace('nemesis ', ''), note]))
    }
    const alone = lacks('doctor-alone.json')
    expect(Object.keys(alone).sort()).toEqual(['cpu', 'io', 'memory'])
    expect(alone.cpu).toContain(`loginctl enable-linger ${USER}`)
    const byDefault = lacks('doctor-user.json')
    expect(Object.keys(byDefault)).toEqual(['io'])
    expect(byDefault.io).toContain('user@.service.d/delegate.conf')
    expect(lacks('doctor-delegated.json')).toEqual({})
  })

  it('each fault by cgroup is effective in a run of the user', () => expectEffective(folder.path, 'user'))

  it('the run leaves nothing behind', () => expect(readResult(folder.path, 'left')).toBe(''))
}

if (isFull) describeWith(missingForMachine(), 'a user other than root under cgroup v2 and systemd', longForm)
