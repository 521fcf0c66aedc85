/**
 * Quorum systems as expressions:
 *
 * | expression                                   | a quorum is                                                     |
 * |----------------------------------------------|-----------------------------------------------------------------|
 * | `majority of 5`, `3 of 5`                    | more than half, or so many, of the nodes n1 to n5                |
 * | `two-thirds of 4`                            | more than two thirds: 2f+1 of 3f+1 (Castro and Liskov 1999)      |
 * | `majority of (a, b, c)`                      | the same of nodes with names                                    |
 * | `4 of (a*3, b, c)`, `majority of (a*3, b, c)` | so much weight, or more than half of it                         |
 * | `all of (a, b)`, `any of (a, b)`             | all of them, or any one                                         |
 * | `2 of (majority of (a, b, c), all of (d, e), f)` | so many parts of which each has a quorum: hierarchies            |
 * | `all of (majority of (a, b, c), majority of (b, c, d))` | a majority of both: a joint configuration (Ongaro 2014, 4.3) |
 * | `grid of 3x4`                                | a row and a column of the nodes r1c1 to r3c4 (Maekawa 1985)      |
 */
import { UserError } from '../support/assert.ts'

/** Whether a set of nodes has a quorum. */
export type Formula =
  | { readonly node: string }
  /** The weights of the parts that have a quorum add up to the threshold. */
  | { readonly threshold: number; readonly parts: readonly Part[] }

interface Part {
  readonly formula: Formula
  readonly weight: number
}

const EXAMPLES = '`majority of 5`, `3 of (a*2, b, c)`, `2 of (majority of (a, b, c), d)` or `grid of 3x3`'

const TOKEN = /\s*(?:([A-Za-z_][\w.-]*)|(\d+)x(\d+)|(\d+)|([(),*]))/y

interface Token {
  readonly text: string
  readonly kind: 'name' | 'number' | 'size' | 'sign'
  readonly at: number
}

const kindOf = (match: RegExpExecArray): Token['kind'] =>
  match[1] !== undefined
    ? 'name'
    : match[2] !== undefined
      ? 'size'
      : match[4] !== undefined
        ? 'number'
        : 'sign'

const tokensOf = (text: string): readonly Token[] => {
  const tokens: Token[] = []
  const { length } = text.trimEnd()
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < length) {
    const at = TOKEN.lastIndex
    const match = TOKEN.exec(text)
    if (match === null)
      throw new UserError(
        `"${text}" is no quorum system: ${text.slice(at).trim()} stands at character ${at + 1}. Write ${EXAMPLES}.`,
      )
    tokens.push({ text: match[0].trim(), kind: kindOf(match), at })
  }
  return tokens
}

const MOST_COUNT = 1000

/** What `nodes` stands for: so many, or these. Null: it is a name like any other. */
export type Nodes = number | readonly string[] | null

const plain = (nodes: readonly string[]): readonly Part[] =>
  nodes.map((node) => ({ formula: { node }, weight: 1 }))

/** The nodes of a system without names. */
const numbered = (count: number): readonly Part[] =>
  plain(Array.from({ length: count }, (_, i) => `n${i + 1}`))

const allOf = (formulas: readonly Formula[]): Formula => ({
  threshold: formulas.length,
  parts: formulas.map((formula) => ({ formula, weight: 1 })),
})

const anyOf = (formulas: readonly Formula[]): Formula => ({ ...allOf(formulas), threshold: 1 })

const gridOf = (rows: number, columns: number): Formula => {
  const node = (row: number, column: number): Formula => ({ node: `r${row + 1}c${column + 1}` })
  const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i)
  const row = anyOf(upTo(rows).map((r) => allOf(upTo(columns).map((c) => node(r, c)))))
  const column = anyOf(upTo(columns).map((c) => allOf(upTo(rows).map((r) => node(r, c)))))
  return allOf([row, column])
}

const thresholdOf = (word: string, weight: number): number => {
  if (word === 'majority') return Math.floor(weight / 2) + 1
  if (word === 'two-thirds') return Math.floor((2 * weight) / 3) + 1
  if (word === 'all') return weight
  return word === 'any' ? 1 : Number(word)
}

class Parser {
  readonly #text: string
  readonly #tokens: readonly Token[]
  readonly #nodes: Nodes
  #next = 0

  constructor(text: string, nodes: Nodes) {
    this.#text = text
    this.#nodes = nodes
    this.#tokens = tokensOf(text)
  }

  whole(): Formula {
    const formula = this.#formula()
    if (this.#next < this.#tokens.length) this.#refuse('the end')
    return formula
  }

  #refuse(expected: string): never {
    const token = this.#tokens[this.#next]
    const found = token === undefined ? 'it ends' : `${token.text} stands at character ${token.at + 1}`
    throw new UserError(
      `"${this.#text}" is no quorum system: ${found} where ${expected} was expected. Write ${EXAMPLES}.`,
    )
  }

  #take(kind: Token['kind'], expected: string, isWanted: (text: string) => boolean = () => true): string {
    const token = this.#tokens[this.#next]
    if (token === undefined || token.kind !== kind || !isWanted(token.text)) this.#refuse(expected)
    this.#next++
    return token.text
  }

  #isNext(text: string, ahead = 0): boolean {
    return this.#tokens[this.#next + ahead]?.text === text
  }

  #number(expected: string): number {
    const number = Number(this.#take('number', expected))
    if (number < 1 || number > MOST_COUNT) {
      this.#next--
      this.#refuse(`${expected} from 1 to ${MOST_COUNT}`)
    }
    return number
  }

  #formula(): Formula {
    if (!this.#isNext('of', 1))
      return { node: this.#take('name', 'a node, or a number or majority, all, any or grid with "of",') }
    const word = (this.#tokens[this.#next] as Token).text
    this.#next += 2
    if (word === 'grid') return this.#grid()
    if (!/^(majority|two-thirds|all|any|[1-9]\d*)$/.test(word)) {
      this.#next -= 2
      this.#refuse('a number, majority, all, any or grid')
    }
    const parts = this.#parts()
    const weight = parts.reduce((sum, part) => sum + part.weight, 0)
    const isPlain = word !== 'all' && word !== 'any'
    // Neither counts weights: all parts, or any part.
    const counted = isPlain ? parts : parts.map(({ formula }) => ({ formula, weight: 1 }))
    const threshold = thresholdOf(word, isPlain ? weight : parts.length)
    if (threshold > weight)
      throw new UserError(`"${this.#text}" has no quorum: ${threshold} of ${weight} is more than there is.`)
    return { threshold, parts: counted }
  }

  #grid(): Formula {
    const [rows = 0, columns = 0] = this.#take('size', 'rows and columns, such as 3x3,')
      .split('x')
      .map(Number)
    if (rows < 1 || columns < 1)
      throw new UserError(`"${this.#text}" has no quorum: a grid has rows and columns.`)
    return gridOf(rows, columns)
  }

  #parts(): readonly Part[] {
    if (this.#nodes !== null && this.#isNext('nodes')) {
      this.#next++
      return typeof this.#nodes === 'number' ? numbered(this.#nodes) : plain(this.#nodes)
    }
    if (this.#tokens[this.#next]?.kind === 'number') return numbered(this.#number('a number of nodes'))
    this.#take('sign', 'a number of nodes, or a list in parentheses,', (text) => text === '(')
    const parts: Part[] = []
    do {
      if (parts.length > 0) this.#next++
      const formula = this.#formula()
      const isWeighted = this.#isNext('*')
      if (isWeighted) this.#next++
      parts.push({ formula, weight: isWeighted ? this.#number('a weight') : 1 })
    } while (this.#isNext(','))
    this.#take('sign', '")" or ","', (text) => text === ')')
    return parts
  }
}

/** @throws UserError if it is none */
export const parseQuorums = (text: string, nodes: Nodes = null): Formula => new Parser(text, nodes).whole()
