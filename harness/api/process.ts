/** The OS processes of a node, and their cgroups. */

export interface NodeProcess {
  readonly name: string
  readonly pid: number
}

export type CgroupController = 'freezer' | 'memory' | 'cpu' | 'blkio'

/** cgroup (v1) controller -> the directory of the node's own group. */
export type NodeCgroups = Readonly<Partial<Record<CgroupController, string>>>
