/**
 * How frames leave their usual path: filters of tc at the interface of a host send what goes to its peers into a TAP device,
 * whatever its protocol and its address, and bring in what comes out of that device as if it had arrived at the interface.
 */

/** Where a host is plugged in, and by what it is known there. */
export interface Plug {
  /** Its interface, in its network namespace. */
  readonly device: string
  readonly hardware: string
  /**
   * IPv4 addresses: others share its interface, and only frames from and to these are meant. Null: all its frames are, by the
   * Ethernet address.
   */
  readonly only: readonly string[] | null
}

const byte = (text: string): string => text.padStart(2, '0')

/** Matches of u32 on an Ethernet address, which begins at this offset from the IP header. Words of 32 bits would not be aligned. */
const matchHardware = (address: string, at: number): string => {
  const [a, b, c, d, e, f] = address.split(':').map(byte)
  return [`${a}${b}`, `${c}${d}`, `${e}${f}`]
    .map((half, i) => `match u16 0x${half} 0xffff at ${at + 2 * i}`)
    .join(' ')
}

const TO = -14
const FROM = -8
const TYPE = -2
const IP_FROM = 12
const IP_TO = 16

const matchIp = (address: string, at: number): string => {
  const hex = address
    .split('.')
    .map((part) => byte(Number(part).toString(16)))
    .join('')
  return `match u16 0x0800 0xffff at ${TYPE} match u32 0x${hex} 0xffffffff at ${at}`
}

/** Multicast and broadcast. */
const GROUP = `match u8 0x01 0x01 at ${TO}`

/** Frames from the one to the other, as seen where the one is plugged in. */
const matchesTo = (own: Plug, peer: Plug): readonly string[] => {
  const hosts = matchHardware(peer.hardware, TO)
  const sources = own.only?.map((address) => matchIp(address, IP_FROM)) ?? ['']
  const destinations = peer.only?.map((address) => matchIp(address, IP_TO)) ?? ['']
  return sources.flatMap((source) => destinations.map((to) => `${hosts} ${source} ${to}`))
}

const hasAll = ({ only }: Plug): boolean => only === null

/**
 * Lines for `tc -batch` in the namespace of a host.
 *
 * @param tap the TAP device in that namespace
 * @param preference of the filters: those of several detours at one interface differ by it
 */
export const redirectLines = (
  own: Plug,
  peers: readonly Plug[],
  tap: string,
  preference: number,
): readonly string[] => {
  const filter = (side: 'egress' | 'ingress', match: string, action: string): string =>
    `filter add dev ${own.device} ${side} pref ${preference} protocol all u32 ${match} action mirred egress ${action} dev ${tap}`
  const hosts = peers.filter(hasAll)
  return [
    ...peers.flatMap((peer) => matchesTo(own, peer)).map((match) => filter('egress', match, 'redirect')),
    ...(hasAll(own) && hosts.length > 0
      ? [
          // Others get them too, on the usual path.
          filter('egress', GROUP, 'mirror'),
          // The switch ignores what a peer sent on the usual path, and brings what it sent through the switch.
          ...hosts.map(({ hardware }) =>
            filter('ingress', `${GROUP} ${matchHardware(hardware, FROM)}`, 'redirect'),
          ),
        ]
      : []),
    `qdisc add dev ${tap} clsact`,
    `filter add dev ${tap} ingress protocol all u32 match u32 0 0 action mirred ingress redirect dev ${own.device}`,
  ]
}

export const undoLines = (own: Plug, preference: number): readonly string[] =>
  ['egress', 'ingress'].map((side) => `filter del dev ${own.device} ${side} pref ${preference}`)
