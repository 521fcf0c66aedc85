/**
 * One answer of HTTP/1.1, from the bytes of a connection in whatever pieces they arrive (RFC 9112, sections 4 to 7). What the RFC
 * does not allow is refused and never guessed: an answer that is cut in the wrong place would be a wrong answer of the cluster.
 */

/** The head of an answer, the line of a chunk's size, or all trailers. */
const MAX_LINES_BYTES = 64 * 1024

/** `HTTP/1.1 200 OK`; the reason may be missing, and its space with it. */
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: |$)/
const FIELD = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*$/
const LENGTH = /^\d{1,15}$/
const CHUNK_SIZE = /^([0-9a-f]{1,13})[ \t]*(?:;.*)?$/i
const IDLE_TIMEOUT = /(?:^|[ ,])timeout=(\d{1,9})(?:[ ,]|$)/i

const SWITCHING_PROTOCOLS = 101
/** Answers that never have a body (section 6.3). */
const WITHOUT_BODY = new Set([204, 304])

export class MalformedAnswer extends Error {
  readonly code = 'MALFORMED_ANSWER'
}

export interface Answer {
  readonly status: number
  readonly text: string
  /** For how long the server keeps the idle connection; 0: not at all; null: it does not say. */
  readonly keptForMs: number | null
}

type Place = 'head' | 'body' | 'until-close' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailers' | 'whole'

const listOf = (value: string): readonly string[] => value.toLowerCase().split(/[ \t]*,[ \t]*/)

export class AnswerReader {
  #place: Place = 'head'
  #status = 0
  #isKept = true
  #keptForMs: number | null = null
  /** Bytes of the body, or of a chunk, that are still to come. */
  #left = 0
  readonly #parts: Buffer[] = []
  /** The beginning of lines that have not arrived wholly. */
  #begun: Buffer | null = null

  /** 0: its status has not arrived. */
  get status(): number {
    return this.#status
  }

  /** Of the body, what has arrived. */
  get text(): string {
    const [first] = this.#parts
    if (first === undefined) return ''
    return (this.#parts.length === 1 ? first : Buffer.concat(this.#parts)).toString()
  }

  /**
   * Takes what arrived, which is copied where it is needed later. Null: more is to come.
   *
   * @throws MalformedAnswer
   */
  take(piece: Buffer): Answer | null {
    const bytes = this.#begun === null ? piece : Buffer.concat([this.#begun, piece])
    this.#begun = null
    let at = 0
    while (at < bytes.length && this.#place !== 'whole') {
      const next = this.#step(bytes, at)
      if (next === null) {
        this.#begun = Buffer.from(bytes.subarray(at))
        if (this.#begun.length > MAX_LINES_BYTES) throw new MalformedAnswer('lines without an end')
        return null
      }
      at = next
    }
    if (this.#place !== 'whole') return null
    // Nobody asked for more, so it is unknown what it answers.
    return this.#answer(at === bytes.length)
  }

  /**
   * The server has ended the connection. Null: the answer is incomplete.
   */
  end(): Answer | null {
    return this.#place === 'until-close' ? this.#answer(false) : null
  }

  #answer(isClean: boolean): Answer {
    const keptForMs = this.#isKept && isClean ? this.#keptForMs : 0
    return { status: this.#status, text: this.text, keptForMs }
  }

  /** Where the next step begins; null: the lines have not arrived wholly. */
  #step(bytes: Buffer, at: number): number | null {
    switch (this.#place) {
      case 'head':
        return this.#takeLines(bytes, at, '\r\n\r\n', (head) => this.#takeHead(head))
      case 'chunk-size':
        return this.#takeLines(bytes, at, '\r\n', (line) => this.#takeChunkSize(line))
      case 'chunk-end':
        return this.#takeLines(bytes, at, '\r\n', (line) => {
          if (line !== '') throw new MalformedAnswer('a chunk that is longer than it says')
          this.#place = 'chunk-size'
        })
      case 'trailers':
        return this.#takeLines(bytes, at, '\r\n', (line) => {
          if (line === '') this.#place = 'whole'
        })
      default:
        return this.#takeBody(bytes, at)
    }
  }

  #takeLines(bytes: Buffer, at: number, ending: string, take: (lines: string) => void): number | null {
    const end = bytes.indexOf(ending, at, 'latin1')
    if (end === -1) return null
    take(bytes.toString('latin1', at, end))
    return end + ending.length
  }

  #takeBody(bytes: Buffer, at: number): number {
    if (this.#place === 'until-close') this.#left = bytes.length - at
    const end = Math.min(bytes.length, at + this.#left)
    this.#parts.push(Buffer.from(bytes.subarray(at, end)))
    this.#left -= end - at
    if (this.#left === 0 && this.#place !== 'until-close')
      this.#place = this.#place === 'chunk' ? 'chunk-end' : 'whole'
    return end
  }

  #takeChunkSize(line: string): void {
    const size = CHUNK_SIZE.exec(line)?.[1]
    if (size === undefined) throw new MalformedAnswer(`no size of a chunk: ${line.slice(0, 40)}`)
    this.#left = Number.parseInt(size, 16)
    this.#place = this.#left === 0 ? 'trailers' : 'chunk'
  }

  #takeHead(head: string): void {
    const meaning = meaningOf(head)
    // "100 Continue" and the like are followed by the answer.
    if (meaning === null) return
    this.#status = meaning.status
    this.#isKept = meaning.isKept
    this.#keptForMs = meaning.keptForMs
    this.#left = meaning.length
    this.#place = meaning.place
  }
}

/** What a head says. */
interface Meaning {
  readonly status: number
  readonly isKept: boolean
  readonly keptForMs: number | null
  /** How the end of the body is known. */
  readonly place: 'body' | 'until-close' | 'chunk-size' | 'whole'
  readonly length: number
}

/** Heads that differ in the second of their date alone come from all connections. */
const known = new Map<string, Meaning | null>()
const MOST_KNOWN = 100
const LONGEST_KNOWN = 1000

/** Null: it is preliminary, and the answer follows. */
const meaningOf = (head: string): Meaning | null => {
  const found = known.get(head)
  if (found !== undefined) return found
  const meaning = read(head)
  if (known.size === MOST_KNOWN) known.clear()
  if (head.length <= LONGEST_KNOWN) known.set(head, meaning)
  return meaning
}

const read = (head: string): Meaning | null => {
  const [first = '', ...lines] = head.split('\r\n')
  const [, minor, digits] = STATUS_LINE.exec(first) ?? []
  if (digits === undefined) throw new MalformedAnswer(`no answer of HTTP/1.1: ${first.slice(0, 40)}`)
  const fields = fieldsOf(lines)
  const status = Number(digits)
  if (status === SWITCHING_PROTOCOLS) throw new MalformedAnswer('another protocol, unasked')
  if (status < 200) return null
  const options = listOf(fields.get('connection') ?? '')
  const isKept = minor === '1' ? !options.includes('close') : options.includes('keep-alive')
  const seconds = IDLE_TIMEOUT.exec(fields.get('keep-alive') ?? '')?.[1]
  const keptForMs = seconds === undefined ? null : Number(seconds) * 1000
  const frame = frameOf(status, fields, minor === '1')
  return { status, keptForMs, ...frame, isKept: isKept && frame.place !== 'until-close' }
}

/** How the end of the body is known (section 6.3). */
const frameOf = (
  status: number,
  fields: ReadonlyMap<string, string>,
  mayBeChunked: boolean,
): Pick<Meaning, 'place' | 'length'> => {
  const length = fields.get('content-length')
  const coding = fields.get('transfer-encoding')
  if (coding !== undefined && length !== undefined) throw new MalformedAnswer('a length, and chunks')
  if (WITHOUT_BODY.has(status)) return { place: 'whole', length: 0 }
  if (coding !== undefined) {
    if (coding.toLowerCase() === 'chunked' && mayBeChunked) return { place: 'chunk-size', length: 0 }
    throw new MalformedAnswer(`an unknown transfer coding: ${coding.slice(0, 40)}`)
  }
  if (length === undefined) return { place: 'until-close', length: 0 }
  if (!LENGTH.test(length)) throw new MalformedAnswer(`no length: ${length.slice(0, 40)}`)
  return { place: Number(length) === 0 ? 'whole' : 'body', length: Number(length) }
}

/** By their names in lower case. Several of one name are a list; of lengths they are none. */
const fieldsOf = (lines: readonly string[]): ReadonlyMap<string, string> => {
  const fields = new Map<string, string>()
  for (const line of lines) {
    const [, name, value] = FIELD.exec(line) ?? []
    if (name === undefined || value === undefined)
      throw new MalformedAnswer(`no field of a head: ${line.slice(0, 40)}`)
    const key = name.toLowerCase()
    const before = fields.get(key)
    fields.set(key, before === undefined ? value : `${before}, ${value}`)
  }
  return fields
}
