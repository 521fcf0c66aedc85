import { defineIncident } from '../harness/support/define.ts'
import { NS_PER_S } from '../harness/support/time.ts'
import { atMost, rounds } from './parts/rounds.ts'

export const retryStorm = defineIncident({
  name: 'retry-storm',
  description: 'after a short outage everybody tries again, and answers get lost, so they try once more',
  happened: {
    year: 2015,
    what: 'After a brief disturbance of the network, storage servers of DynamoDB asked all at once for their membership. The answers took too long, so they asked again, and the service that told them could not catch up for hours.',
    link: 'https://aws.amazon.com/message/5467D2/',
  },
  effect:
    'Clients do not reach the leader for a moment. When they do again, requests arrive and are done, but the answers to one group after the other are lost, so they are sent again.',
  endangers: 'Requests that take effect once for each try.',
  leastNodes: 1,
  plan: (rng, context) => {
    const { nodes, clientGroups } = context
    const outageNs = atMost(5 * NS_PER_S, 1 / 25, context)
    const stormNs = atMost(20 * NS_PER_S, 1 / 9, context)
    const lengthNs = outageNs + stormNs
    return rounds(rng, context, { lengthNs, restNs: 1.5 * NS_PER_S }).flatMap((round, ordinal) => {
      const order = round.rng.shuffle(nodes)
      const clientGroup = ordinal % clientGroups
      const lost = {
        mode: 'lost-replies',
        connections: 'all',
        with: 'clients',
        clientGroup,
        victims: 'leader',
        order,
      }
      return [
        {
          nemesis: 'partition',
          atNs: round.atNs,
          durationNs: outageNs,
          intent: { shape: 'leader-clients', oneWay: false, order, clientGroup },
        },
        { nemesis: 'connection', atNs: round.atNs + outageNs, durationNs: stormNs, intent: lost },
      ]
    })
  },
})
