/** A node of the namespaces environment: plain OS processes in the keeper's namespaces. */
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import type { ProcessSpec } from '../../api/target.ts'
import { addToCgroups } from '../../faults/cgroup.ts'
import { UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { ProcessNode, type ProcessNodeOptions } from '../process-node.ts'

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

export class NamespaceNode extends ProcessNode {
  readonly #logDir: string
  readonly #exits = new Map<number, string>()

  constructor(options: ProcessNodeOptions & { readonly logDir: string }) {
    super(options)
    this.#logDir = options.logDir
  }

  override async exitOf(pid: number): Promise<string | null> {
    return this.#exits.get(pid) ?? null
  }

  protected override async spawn(spec: ProcessSpec): Promise<number> {
    const logFile = path.join(this.#logDir, `${spec.name}.log`)
    const log = fs.openSync(logFile, 'a')
    try {
      // nsenter executes the program in its own process, so the child's pid is the program's pid.
      const child = spawn(
        'nsenter',
        ['--target', String(this.keeperPid), '--net', '--mount', '--', ...spec.argv],
        {
          stdio: ['ignore', log, log],
          env: { PATH, HOME: this.dataDir, LANG: 'C.UTF-8', ...spec.env },
          detached: true,
        },
      )
      child.on('error', (error) => fs.appendFileSync(logFile, `${error.message}\n`))
      if (child.pid === undefined)
        throw new UserError(`${this.name}: ${spec.argv[0]} could not be started.`, EXIT_CODES.harnessFailed)
      const { pid } = child
      child.on('exit', (code, signal) => this.#exits.set(pid, signal ?? `status ${code}`))
      addToCgroups(this.cgroups, pid)
      return child.pid
    } finally {
      fs.closeSync(log)
    }
  }
}
