/** A cluster of one broker, which leads everything, for tests of what is asked of it. */
import type { Asked, Cluster } from '../brokers.ts'

/** @param onForget told when a place is no longer believed */
export const clusterOf = (link: Asked, onForget: () => void = () => {}): Cluster => ({
  home: 'a',
  linkTo: async () => link,
  linkHome: async () => link,
  place: async () => ({ leader: 'a', replicas: ['a'] }),
  addressOf: () => 'a',
  remember: () => {},
  forget: onForget,
})
