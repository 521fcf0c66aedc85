/** TCP ports that are open in a network namespace, as the kernel shows them. */
import fs from 'node:fs'
import { isAlive } from './proc.ts'
import { isOfRelay } from './relay/ports.ts'

const LISTENING = '0A'
/** 127.0.0.11, where Docker's own resolver listens in the network namespace of each container. */
const OF_DOCKER = '0B00007F'

/** Local port of each listening socket in the text of /proc/PID/net/tcp or tcp6. */
const listeningIn = (text: string): readonly number[] =>
  text.split('\n').flatMap((line) => {
    const [, local = '', , state] = line.trim().split(/\s+/)
    const [address, port = ''] = local.split(':')
    const number = Number.parseInt(port, 16)
    return state === LISTENING && address !== OF_DOCKER && !isOfRelay(number) ? [number] : []
  })

/** Ports on which something listens in the network namespace of the process, without those of our relays. */
export const listeningPorts = (pid: number): readonly number[] => {
  const ports = ['tcp', 'tcp6'].flatMap((table) => {
    try {
      return listeningIn(fs.readFileSync(`/proc/${pid}/net/${table}`, 'latin1'))
    } catch (error) {
      // Without IPv6 there is no second table.
      if (table === 'tcp' && isAlive(pid)) throw error
      return []
    }
  })
  return [...new Set(ports)].toSorted((a, b) => a - b)
}
