/** Signatures of a simulated run: a digest with the signer's secret. Whoever is given a signer's keys can sign as it, and no other. */
import type { NodeId } from '../../protocol/commands.ts'
import { digestOfText } from '../core/texts.ts'
import type { ClientId, Keys } from '../core/types.ts'

const signatureOf = (signer: string, text: string): string => digestOfText(`secret of ${signer} ${text}`)

/** What was checked is known for as long as the run lasts: most messages reach several replicas. */
export class SimulatedKeys {
  readonly #known = new Map<string, string>()

  of(replica: NodeId): Keys {
    return {
      sign: (text) => this.#sign(replica, text),
      isOfReplica: (signer, text, signature) => this.#sign(signer, text) === signature,
      isOfClient: (client, text, signature) => this.signAs(client, text) === signature,
    }
  }

  /** As a client. */
  signAs(client: ClientId, text: string): string {
    return this.#sign(`client ${client}`, text)
  }

  #sign(signer: string, text: string): string {
    const name = `${signer} ${text}`
    const known = this.#known.get(name) ?? signatureOf(signer, text)
    this.#known.set(name, known)
    return known
  }
}
