/** A node of the namespaces environment: plain OS processes in the keeper's namespaces and in a pid namespace of their own. */
import path from 'node:path'
import type { ProcessSpec } from '../../api/target.ts'
import { signal } from '../../faults/proc.ts'
import { commandOf } from '../command.ts'
import { ProcessNode, type ProcessNodeOptions } from '../process-node.ts'
import { NodeInit } from './node-init.ts'

export class NamespaceNode extends ProcessNode {
  readonly #logDir: string
  #init: NodeInit | null = null

  constructor(options: ProcessNodeOptions & { readonly logDir: string }) {
    super(options)
    this.#logDir = options.logDir
  }

  override async exitOf(pid: number): Promise<string | null> {
    return this.#init?.exitOf(pid) ?? null
  }

  protected override members(): readonly number[] {
    return this.#init?.members() ?? []
  }

  protected override killMembers(): boolean {
    if (this.#init?.isAlive !== true) return true
    this.#init.kill()
    for (const pid of this.members()) signal(pid, 'SIGKILL')
    this.cgroups.freezer?.thaw()
    return false
  }

  protected override async spawn(spec: ProcessSpec, index: number, abort: AbortSignal): Promise<number> {
    if (this.#init?.isAlive !== true)
      this.#init = await NodeInit.start(
        {
          keeperPid: this.keeperPid,
          cgroups: this.cgroups,
          directory: this.dataDir,
          logs: this.launch.processes.map(({ name }) => path.join(this.#logDir, `${name}.log`)),
        },
        abort,
      )
    const env = { HOME: this.dataDir, ...spec.env }
    return this.#init.run(commandOf(spec), env, index, abort)
  }
}
