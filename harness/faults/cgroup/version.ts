/** What both versions of cgroups implement. */
import type { CgroupPart, NodeCgroups } from '../../api/cgroup.ts'
import type { UndoJournal } from '../../api/journal.ts'

export interface Cgroups {
  /** The reason why groups cannot have that part here; null if they can. Cheap enough to be called before every run. */
  whyNot(part: CgroupPart): string | null
  /** Creates a node's groups, each journalled first. What is not possible here is left out. */
  create(name: string, journal: UndoJournal, parts: readonly CgroupPart[]): NodeCgroups
  /**
   * The groups that others made for a process, such as a container's.
   *
   * @param groups name of a controller of version 1, or empty for version 2 -> the group, as /proc/PID/cgroup has it
   */
  of(groups: ReadonlyMap<string, string>, journal: UndoJournal, parts: readonly CgroupPart[]): NodeCgroups
  /** The directories below which it makes groups. */
  roots(): readonly string[]
}
