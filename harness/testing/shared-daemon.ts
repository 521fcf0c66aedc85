/**
 * A Docker daemon for test suites, where none answers and there is no service manager. Suites that run at the same time
 * share it: the first one starts it, the last one stops it, unless containers still run in it. Whoever uses it has a file in
 * one folder, named by its pid.
 */
import fs from 'node:fs'
import path from 'node:path'
import { connectDocker, isDockerReachable } from '../environments/docker/daemon.ts'
import { startDaemon } from '../environments/docker/daemon-process.ts'
import { hasServiceManager } from '../faults/cgroup/systemd.ts'
import { signal, startTimeOf } from '../faults/proc.ts'
import { waitUntil } from '../support/wait.ts'

const FOLDER = '/var/tmp/faultline-dockerd.users'
/** Holds the pid of a daemon that a suite started. */
const DAEMON = 'daemon'
/** Guards against hanging only. */
const TIMEOUT_MS = 60_000

interface Named {
  readonly pid: number
  /** With the pid it names one process. */
  readonly startTime: string | null
}

const write = (name: string, pid: number): void => {
  fs.mkdirSync(FOLDER, { recursive: true })
  const named: Named = { pid, startTime: startTimeOf(pid) }
  fs.writeFileSync(path.join(FOLDER, name), JSON.stringify(named))
}

/** Null where there is no such file, or its process has ended. */
const readAlive = (name: string): Named | null => {
  try {
    const named = JSON.parse(fs.readFileSync(path.join(FOLDER, name), 'utf8')) as Named
    return startTimeOf(named.pid) === named.startTime ? named : null
  } catch {
    return null
  }
}

const start = async (): Promise<void> => {
  try {
    const { pid } = await startDaemon()
    if (pid !== undefined) write(DAEMON, pid)
  } catch (error) {
    // Another suite may have started one at the same time.
    if (!(await waitUntil(isDockerReachable, TIMEOUT_MS, 200))) throw error
  }
}

/** Runs that are no suite's may have begun to use it. */
const hasContainers = async (): Promise<boolean> => {
  if (!(await isDockerReachable())) return false
  return (await (await connectDocker()).listContainers()).length > 0
}

const stop = async (): Promise<void> => {
  const others = fs.readdirSync(FOLDER).filter((name) => name !== DAEMON && readAlive(name) !== null)
  if (others.length > 0 || (await hasContainers())) return
  const daemon = readAlive(DAEMON)
  fs.rmSync(FOLDER, { recursive: true, force: true })
  if (daemon === null) return
  signal(daemon.pid, 'SIGTERM')
  await waitUntil(() => startTimeOf(daemon.pid) !== daemon.startTime, TIMEOUT_MS, 50)
}

/** Resolves once a daemon answers; call the result when it is not needed any more. */
export const shareDaemon = async (): Promise<() => Promise<void>> => {
  const own = String(process.pid)
  write(own, process.pid)
  if (!(await isDockerReachable()) && !hasServiceManager()) await start()
  return async () => {
    fs.rmSync(path.join(FOLDER, own), { force: true })
    await stop()
  }
}
