/** A strict parser of the XML that we write: elements, attributes, text; no comments, CDATA or namespaces. */

export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  readonly text: string
}

/** Char of XML 1.0. */
const ALLOWED = /^[\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u
const TOKEN = /<\?xml [^<>]*\?>|<(\/?)([\w-]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy
const ENTITY = /&(?:(amp|lt|gt|quot|apos)|#(\d+));/g
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

const decode = (text: string): string => {
  if (text.replace(ENTITY, '').includes('&')) throw new Error(`a bare & in ${text.slice(0, 80)}`)
  return text.replace(ENTITY, (_, name, code) => NAMED[name] ?? String.fromCodePoint(Number(code)))
}

const attributesOf = (text: string): Record<string, string> => {
  const pairs = [...text.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [
    name,
    decode(value),
  ])
  if (new Set(pairs.map(([name]) => name)).size < pairs.length)
    throw new Error(`an attribute twice in ${text}`)
  return Object.fromEntries(pairs)
}

/** @throws Error where the document is not well-formed */
export const parseXml = (document: string): XmlElement => {
  if (!ALLOWED.test(document)) throw new Error('a character that XML 1.0 forbids')
  interface Open {
    name: string
    attributes: Record<string, string>
    children: Open[]
    text: string
  }
  const top: Open = { name: '', attributes: {}, children: [], text: '' }
  const open = [top]
  let end = 0
  for (const match of document.matchAll(TOKEN)) {
    end = match.index + match[0].length
    const [, isClosing, name, attributes = '', isEmpty, text] = match
    const parent = open.at(-1) as Open
    if (text !== undefined) parent.text += decode(text)
    if (name === undefined) continue
    if (isClosing === '/') {
      if (open.pop()?.name !== name) throw new Error(`</${name}> closes nothing`)
      continue
    }
    const element = { name, attributes: attributesOf(attributes), children: [], text: '' }
    parent.children.push(element)
    if (isEmpty !== '/') open.push(element)
  }
  const [root, second] = top.children
  if (end !== document.length) throw new Error(`not well-formed at ${document.slice(end, end + 80)}`)
  if (open.length !== 1 || root === undefined || second !== undefined || top.text.trim() !== '')
    throw new Error('there is not exactly one element at the top, or one is not closed')
  return root
}
