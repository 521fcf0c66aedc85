/**
 * Headers: every file that a run leaves says what it is (`schema`) and which faultline wrote it. In a JSON Lines file the
 * header is the first line, in a JSON file its first fields.
 *
 * Files from before there were headers are read as the first version of their schema. A schema gets a new number only
 * where its files can no longer be read as those of the number before; a conversion from the older one is then written. That of
 * columns gets one whenever the same history would give other columns: they are made again, not converted.
 */
import { UserError } from '../support/assert.ts'

/** The newest version of each schema, which is also the one written. */
const VERSIONS = {
  run: 1,
  history: 1,
  columns: 3,
  faults: 1,
  samples: 1,
  machine: 1,
  messages: 1,
  service: 1,
  verdict: 1,
  findings: 1,
  log: 1,
  logs: 1,
  plan: 1,
  progress: 1,
  suite: 1,
  card: 1,
  known: 1,
  remembered: 1,
  repro: 1,
  shrink: 1,
  trials: 1,
  bisect: 1,
  simulation: 1,
  thinned: 1,
  online: 1,
} as const

export type FileKind = keyof typeof VERSIONS

export interface FileHeader {
  /** Such as `faultline.history/1`. */
  readonly schema: string
  /** Such as `0.1.0+1a2b3c4`. */
  readonly faultline: string
}

const schemaOf = (kind: FileKind): string => `faultline.${kind}/${VERSIONS[kind]}`

export const headerOf = (kind: FileKind, faultline: string): FileHeader => ({
  schema: schemaOf(kind),
  faultline,
})

/** The header as a line. @param faultline the version that writes the file */
export const encodeHeader = (kind: FileKind, faultline: string): string =>
  `${JSON.stringify(headerOf(kind, faultline))}\n`

/** What a value names as its schema, if it names one of ours. */
export const namedSchema = (value: unknown): string | null => {
  if (typeof value !== 'object' || value === null || !('schema' in value)) return null
  return typeof value.schema === 'string' && value.schema.startsWith('faultline.') ? value.schema : null
}

/** Whether a value names the newest version of its schema: for a file that is made again rather than converted. */
export const isNewest = (kind: FileKind, value: unknown): boolean => namedSchema(value) === schemaOf(kind)

/**
 * @param name the file, for the message
 * @throws UserError where the schema is of another kind of file, or newer than this version reads
 */
export const requireSchema = (kind: FileKind, schema: string, name: string): void => {
  const [, found, version] = /^faultline\.(\w+)\/(\d+)$/.exec(schema) ?? []
  if (found === kind && Number(version) <= VERSIONS[kind]) return
  throw new UserError(
    found === kind
      ? `${name} is of schema ${schema}, which is newer than this version of faultline reads (${schemaOf(kind)}): use the version that wrote it, or a later one.`
      : `${name} is of schema ${schema}, and ${schemaOf(kind)} is expected.`,
  )
}
