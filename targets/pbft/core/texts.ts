/** What is signed and digested. JSON keeps the order of fields, so a text is the same wherever it arrives. */
import { createHash } from 'node:crypto'
import type { Batch, Digest, Request } from './types.ts'

export const digestOfText = (text: string): Digest => createHash('sha256').update(text).digest('base64')

/** All of the request but its signature. */
export const requestText = ({ client, timestamp, operation }: Omit<Request, 'signature'>): string =>
  JSON.stringify([client, timestamp, operation])

/** The order of the requests and their signatures count too. */
export const digestOf = (batch: Batch): Digest => digestOfText(JSON.stringify(batch))

/** The null request (4.4). */
export const NULL_BATCH: Batch = []
export const NULL_DIGEST = digestOf(NULL_BATCH)
