/**
 * A target whose nodes store nothing: etcd gateways (TCP proxies) in front of one etcd, which is a service beside them.
 */

import { CLIENT_PORT } from '../../targets/etcd/ports.ts'
import { etcd } from '../../targets/etcd/target.ts'
import type { NodeIdentity } from '../api/target.ts'
import { defineTarget } from '../support/define.ts'

const gateway = defineTarget({
  ...etcd,
  name: 'gateways',
  description: 'etcd gateways in front of one etcd',
  claims: (options, vocabulary) => ({
    ...etcd.claims(options, vocabulary),
    source: 'harness/testing/gateway-target.ts',
  }),
  services: () => [
    {
      name: 'store',
      launch: (service, program) => {
        const url = `http://${service.address}:${CLIENT_PORT}`
        const addresses = ['--listen-client-urls', url, '--advertise-client-urls', url]
        const argv = [program('etcd'), '--data-dir', `${service.dataDir}/etcd`, ...addresses]
        return { files: {}, processes: [{ name: 'etcd', argv, env: {} }] }
      },
      ready: (endpoint, signal) => etcd.ready(endpoint, signal),
    },
  ],
  launch: (node, plan, program) => {
    const store = plan.services[0] as NodeIdentity
    const addresses = [
      `--endpoints=${store.address}:${CLIENT_PORT}`,
      `--listen-addr=${node.address}:${CLIENT_PORT}`,
    ]
    return {
      files: {},
      processes: [{ name: 'gateway', argv: [program('etcd'), 'gateway', 'start', ...addresses], env: {} }],
    }
  },
})

export default gateway
