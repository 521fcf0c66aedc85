/**
 * Starts a Docker daemon on machines without a service manager. Its networks are in the test range, so that they can
 * neither collide with nor reach a network of the host.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import fs from 'node:fs'
import { UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { waitUntil } from '../../support/wait.ts'
import { isDockerReachable } from './daemon.ts'

const START_TIMEOUT_MS = 60_000
const LOG = '/var/tmp/faultline-dockerd.log'
const OPTIONS = ['--bip', '198.18.127.1/24', '--default-address-pool', 'base=198.18.128.0/17,size=24']

/** Starts the daemon in its own session, so that it outlives this process. */
export const startDaemon = async (): Promise<ChildProcess> => {
  const log = fs.openSync(LOG, 'w')
  const daemon = spawn('dockerd', OPTIONS, { detached: true, stdio: ['ignore', log, log] })
  fs.closeSync(log)
  daemon.unref()
  let ended = false
  daemon.once('error', () => {
    ended = true
  })
  daemon.once('exit', () => {
    ended = true
  })
  const up = await waitUntil(async () => ended || (await isDockerReachable()), START_TIMEOUT_MS, 200)
  if (ended || !up)
    throw new UserError(`dockerd did not start; see its log, ${LOG}.`, EXIT_CODES.harnessFailed)
  return daemon
}
