/**
 * The brokers as one client sees them: its own one, which tells it who leads a topic, and those that it talks to
 * besides. Brokers are asked at the addresses that the client was given, by the names that their settings have.
 */
import type { ClientContext } from '../../harness/api/client.ts'
import { sleep } from '../../harness/support/wait.ts'
import { KafkaError, NotSentError, TOPIC_ALREADY_EXISTS, UNKNOWN_TOPIC_OR_PARTITION } from './errors.ts'
import { type Link, openLink } from './link.ts'
import { createTopic, metadata, type Topic, type TopicSettings } from './messages.ts'

/** Where a client is, and whom it may ask. */
type Whereabouts = Pick<ClientContext, 'node' | 'endpoints' | 'localAddress'>

const CREATION_TIMEOUT_MS = 5000
const PAUSE_MS = 50

/** A topic, with the addresses of those that have it. */
export interface Place {
  readonly leader: string
  readonly replicas: readonly string[]
}

/** A connection, for requests. */
export type Asked = Pick<Link, 'ask' | 'tell' | 'isOpen'>

/** Whom a client can ask. */
export interface Cluster {
  /** The address of the client's own broker. */
  readonly home: string
  /** @throws NotSentError if it cannot be had before the signal aborts */
  linkTo(address: string, signal: AbortSignal): Promise<Asked>
  linkHome(signal: AbortSignal): Promise<Asked>
  /** Of a broker that a place was told after. Null: it was not among them. */
  addressOf(id: number): string | null
  /**
   * Who leads a topic, which is created if there is none. Waits for a leader.
   *
   * @throws if none is known before the signal aborts
   */
  place(topic: string, signal: AbortSignal): Promise<Place>
  remember(topic: string, place: Place): void
  /** What was known of a topic is no longer so. */
  forget(topic: string): void
}

export class Brokers implements Cluster, Disposable {
  readonly #localAddress: string | undefined
  readonly #replicas: number
  readonly #home: string
  readonly #endpoints: ReadonlyMap<string, string>
  /** By their ids, as far as this client has heard of them. */
  readonly #addresses = new Map<number, string>()
  readonly #links = new Map<string, Link>()
  readonly #places = new Map<string, Place>()

  /**
   * @param context the client's own broker, and the addresses of all
   * @param replicas of each topic
   */
  constructor({ node, endpoints, localAddress }: Whereabouts, replicas: number) {
    this.#home = node.address
    this.#endpoints = new Map(endpoints.map((each) => [each.node, each.address]))
    this.#localAddress = localAddress
    this.#replicas = replicas
  }

  get home(): string {
    return this.#home
  }

  /** Whether the client's own broker can be asked. */
  get isConnected(): boolean {
    return this.#links.get(this.#home)?.isOpen === true
  }

  async linkTo(address: string, signal: AbortSignal): Promise<Link> {
    const known = this.#links.get(address)
    if (known?.isOpen === true) return known
    const link = await openLink(address, this.#localAddress, signal)
    this.#links.set(address, link)
    return link
  }

  linkHome(signal: AbortSignal): Promise<Link> {
    return this.linkTo(this.#home, signal)
  }

  forget(topic: string): void {
    this.#places.delete(topic)
  }

  addressOf(id: number): string | null {
    return this.#addresses.get(id) ?? null
  }

  remember(topic: string, place: Place): void {
    this.#places.set(topic, place)
  }

  async place(topic: string, signal: AbortSignal): Promise<Place> {
    const known = this.#places.get(topic)
    if (known !== undefined) return known
    for (;;) {
      const place = await this.#look(topic, signal)
      if (place !== null) {
        this.remember(topic, place)
        return place
      }
      await sleep(PAUSE_MS, signal).catch(() => {
        throw new NotSentError(`nobody leads ${topic}`)
      })
    }
  }

  async #look(topic: string, signal: AbortSignal): Promise<Place | null> {
    const home = await this.linkHome(signal)
    const { brokers, topics } = await home.ask(metadata([topic]), signal)
    for (const { id, address, rack } of brokers)
      this.#addresses.set(id, this.#endpoints.get(rack ?? '') ?? address)
    const [found] = topics
    if (found === undefined || found.error === UNKNOWN_TOPIC_OR_PARTITION) {
      await this.#create({ name: topic, replicas: this.#replicas, settings: {} }, signal)
      return null
    }
    return placeOf(found, this.#addresses)
  }

  /** Clients may try at the same time. */
  async #create(settings: TopicSettings, signal: AbortSignal): Promise<void> {
    const home = await this.linkHome(signal)
    const error = await home.ask(createTopic(settings, CREATION_TIMEOUT_MS), signal)
    if (error !== 0 && error !== TOPIC_ALREADY_EXISTS)
      throw new KafkaError(error, `creating ${settings.name}`)
  }

  [Symbol.dispose](): void {
    for (const link of this.#links.values()) link.cut()
  }
}

const placeOf = ({ leader, replicas }: Topic, addresses: ReadonlyMap<number, string>): Place | null => {
  const leading = addresses.get(leader)
  if (leading === undefined) return null
  return { leader: leading, replicas: replicas.flatMap((id) => addresses.get(id) ?? []) }
}
