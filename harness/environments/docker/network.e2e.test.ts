/** Networks of concurrent runs: each gets a subnet of its own. */
import fs from 'node:fs'
import Docker from 'dockerode'
import { expect, it } from 'vitest'
import { RUN_LABEL, removeLabelled } from '../../faults/containers.ts'
import { createJournal, FileJournal, removeStateDir, stateDirOf } from '../../faults/journal.ts'
import { describeWith, missingLinuxRoot } from '../../testing/capabilities.ts'
import { addressesOf, labelOf, networkName, prepareDockerNetwork } from './network.ts'

describeWith(missingLinuxRoot(), 'the network of a run', () => {
  it('takes the next subnet if its own is in use', async () => {
    const docker = new Docker()
    const runId = `test${process.pid}`
    const stateDir = stateDirOf(runId)
    createJournal(stateDir)
    await using _ = {
      [Symbol.asyncDispose]: async () => {
        await removeLabelled(labelOf(runId))
        removeStateDir(stateDir)
      },
    }
    const subnetNow = (): string => addressesOf(runId).control.replace(/\d+$/, '0/24')
    const wanted = subnetNow()
    const blocker = {
      Name: `${runId}-blocker`,
      Labels: { [RUN_LABEL]: runId },
      Internal: true,
      IPAM: { Driver: 'default', Config: [{ Subnet: wanted }] },
    }
    // It fails if somebody has that subnet already, which is as good.
    await docker.createNetwork(blocker).catch(() => {})
    const { clientsPid } = await prepareDockerNetwork(runId, 'etcd', new FileJournal(stateDir))
    expect(fs.existsSync(`/proc/${clientsPid}`)).toBe(true)
    const { IPAM } = await docker.getNetwork(networkName(runId)).inspect()
    const subnet = IPAM?.Config?.[0]?.Subnet
    expect(subnet).toMatch(/^198\.18\.\d+\.0\/24$/)
    expect(subnet).not.toBe(wanted)
    expect(subnetNow()).toBe(subnet)
  })
})
