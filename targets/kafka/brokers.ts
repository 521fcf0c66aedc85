/** The brokers as one client sees them: its own one, which tells it who leads a topic, and those that it talks to besides. */
import { sleep } from '../../harness/support/wait.ts'
import { KafkaError, NotSentError, TOPIC_ALREADY_EXISTS, UNKNOWN_TOPIC_OR_PARTITION } from './errors.ts'
import { type Link, openLink } from './link.ts'
import { type Broker, createTopic, metadata, type Topic, type TopicSettings } from './messages.ts'

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
  readonly #links = new Map<string, Link>()
  readonly #places = new Map<string, Place>()

  /**
   * @param home the address of the client's own broker
   * @param replicas of each topic
   */
  constructor(home: string, localAddress: string | undefined, replicas: number) {
    this.#home = home
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
    const [found] = topics
    if (found === undefined || found.error === UNKNOWN_TOPIC_OR_PARTITION) {
      await this.#create({ name: topic, replicas: this.#replicas, settings: {} }, signal)
      return null
    }
    return placeOf(found, brokers)
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

const placeOf = ({ leader, replicas }: Topic, brokers: readonly Broker[]): Place | null => {
  const addresses = new Map(brokers.map(({ id, address }) => [id, address]))
  const leading = addresses.get(leader)
  if (leading === undefined) return null
  return { leader: leading, replicas: replicas.flatMap((id) => addresses.get(id) ?? []) }
}
