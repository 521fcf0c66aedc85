/** What coordinator and participant of one node ask for, until it is done. */
import type { NodeId } from '../../protocol/commands.ts'
import type { Answer, Entry, Envelope, Event, Message } from './types.ts'

export class Out {
  readonly #id: NodeId
  entries: Entry[] = []
  sync = false
  messages: Envelope[] = []
  answers: (readonly [request: number, answer: Answer])[] = []
  /** They take no network, but the disk comes first for them too. */
  toSelf: Message[] = []
  readonly #watch: (event: Event) => void

  constructor(id: NodeId, watch: (event: Event) => void) {
    this.#id = id
    this.#watch = watch
  }

  /** @param isSynced whether what follows from it must wait until it is on the disk */
  write(entry: Entry, isSynced: boolean): void {
    this.entries.push(entry)
    this.sync ||= isSynced
  }

  send(to: NodeId, message: Message): void {
    if (to === this.#id) this.toSelf.push(message)
    else this.messages.push({ from: this.#id, to, message })
  }

  answer(requests: readonly number[], answer: Answer): void {
    for (const request of requests) this.answers.push([request, answer])
  }

  tell(event: Event): void {
    this.#watch(event)
  }
}
