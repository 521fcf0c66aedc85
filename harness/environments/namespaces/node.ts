/** A node of the namespaces environment: plain OS processes in the keeper's namespaces and in a pid namespace of their own. */
import type { ProcessSpec } from '../../api/target.ts'
import { signal } from '../../faults/proc.ts'
import { waitUntil } from '../../support/wait.ts'
import { commandOf } from '../command.ts'
import { ProcessNode } from '../process-node.ts'
import { NodeInit } from './node-init.ts'

export class NamespaceNode extends ProcessNode {
  #init: NodeInit | null = null

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

  protected override async complete(
    spec: ProcessSpec,
    timeoutMs: number,
    abort: AbortSignal,
  ): Promise<string | null> {
    const pid = await this.spawn(spec, abort)
    let exit: string | null = null
    const isOver = async (): Promise<boolean> => {
      exit = await this.exitOf(pid)
      return exit !== null
    }
    if (!(await waitUntil(isOver, timeoutMs, 10, abort))) signal(pid, 'SIGKILL')
    return exit
  }

  protected override async spawn(spec: ProcessSpec, abort: AbortSignal): Promise<number> {
    if (this.#init?.isAlive !== true)
      this.#init = await NodeInit.start(
        {
          keeperPid: this.keeperPid,
          cgroups: this.cgroups,
          directory: this.dataDir,
          logs: Object.fromEntries(this.programs.map(({ name }) => [name, this.logOf(name)])),
        },
        abort,
      )
    const env = { HOME: this.dataDir, ...spec.env }
    return this.#init.run(spec.name, commandOf(spec), env, abort)
  }
}
