/**
 * What the house rules need to know about the project's sources: imports, exports, lengths of functions, and lists of
 * names. TypeScript's own parser reads them.
 */
import path from 'node:path'
import type { Node, SourceFile, Statement } from 'typescript/unstable/ast'
import { SyntaxKind } from 'typescript/unstable/ast'
import {
  isArrayLiteralExpression,
  isArrowFunction,
  isAwaitExpression,
  isBlock,
  isCallExpression,
  isComputedPropertyName,
  isConstructorDeclaration,
  isExportAssignment,
  isExportDeclaration,
  isExpressionWithTypeArguments,
  isFunctionDeclaration,
  isFunctionExpression,
  isGetAccessorDeclaration,
  isIdentifier,
  isImportDeclaration,
  isImportTypeNode,
  isLiteralTypeNode,
  isMethodDeclaration,
  isNamedExports,
  isNamedImports,
  isObjectBindingPattern,
  isObjectLiteralExpression,
  isParenthesizedExpression,
  isPropertyAccessExpression,
  isPropertyAssignment,
  isSetAccessorDeclaration,
  isStringLiteral,
  isTypeQueryNode,
  isTypeReferenceNode,
  isVariableDeclaration,
  isVariableStatement,
} from 'typescript/unstable/ast/is'
import { API } from 'typescript/unstable/sync'
import { PROJECT_ROOT } from './capabilities.ts'

/** An import, re-export or dynamic import of a file of the project, including imports of types. */
export interface Import {
  /** Relative to the project, like `file`. */
  readonly from: string
  /** Null: all names, or unknown ones. */
  readonly names: readonly string[] | null
}

export interface Export {
  readonly name: string
  /** Another export of the file has it in its signature, so users of that export may need to name it. */
  readonly isPartOfAnother: boolean
}

export interface FunctionSize {
  /** The function's own name, or that of the variable, property or call that it is given to. */
  readonly name: string
  readonly line: number
  readonly lines: number
}

/** An array, or the computed keys of a table such as `{ [REGISTER]: ... }`, that has only texts and names of values. */
export interface List {
  readonly kind: 'array' | 'table'
  readonly items: readonly {
    readonly text: string
    /** The file from which the value of this name is imported; null for a text and for a value of the file itself. */
    readonly from: string | null
  }[]
}

export interface Source {
  readonly file: string
  readonly text: string
  readonly imports: readonly Import[]
  readonly exports: readonly Export[]
  readonly functions: readonly FunctionSize[]
  readonly lists: readonly List[]
}

const walk = (node: Node, visit: (node: Node) => void): void => {
  visit(node)
  node.forEachChild((child) => walk(child, visit))
}

/** The names that are taken from a dynamic import, by the code around it. */
const namesTaken = (call: Node): readonly string[] | null => {
  let node = call.parent
  while (isAwaitExpression(node) || isParenthesizedExpression(node)) node = node.parent
  if (isPropertyAccessExpression(node)) return [node.name.text]
  if (!isVariableDeclaration(node) || !isObjectBindingPattern(node.name)) return null
  return node.name.elements.map(({ propertyName, name }) => textOf(propertyName ?? name))
}

const textOf = (name: Node | undefined): string =>
  name !== undefined && (isIdentifier(name) || isStringLiteral(name)) ? name.text : ''

const namesImported = (
  node: Node,
): { readonly from: Node | undefined; readonly names: Import['names'] } | null => {
  if (isImportDeclaration(node)) {
    const { importClause: clause, moduleSpecifier: from } = node
    const bindings = clause?.namedBindings
    if (bindings !== undefined && !isNamedImports(bindings)) return { from, names: null }
    const named = bindings?.elements.map(({ propertyName, name }) => textOf(propertyName ?? name)) ?? []
    return { from, names: clause?.name === undefined ? named : ['default', ...named] }
  }
  if (isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
    const { exportClause: clause, moduleSpecifier: from } = node
    if (clause === undefined || !isNamedExports(clause)) return { from, names: null }
    return { from, names: clause.elements.map(({ propertyName, name }) => textOf(propertyName ?? name)) }
  }
  if (isCallExpression(node) && node.expression.kind === SyntaxKind.ImportKeyword)
    return { from: node.arguments[0], names: namesTaken(node) }
  if (isImportTypeNode(node)) {
    const from = isLiteralTypeNode(node.argument) ? node.argument.literal : undefined
    return { from, names: node.qualifier === undefined ? null : [textOf(node.qualifier)] }
  }
  return null
}

const importsIn = (source: SourceFile, file: string): readonly Import[] => {
  const imports: Import[] = []
  walk(source, (node) => {
    const found = namesImported(node)
    if (found?.from === undefined || !isStringLiteral(found.from) || !found.from.text.startsWith('.')) return
    const from = path.posix.join(path.posix.dirname(file), found.from.text)
    imports.push({ from, names: found.names })
  })
  return imports
}

const namesDeclared = (statement: Statement): readonly string[] => {
  if (isExportAssignment(statement)) return ['default']
  if (isExportDeclaration(statement)) {
    const { exportClause: clause } = statement
    return clause !== undefined && isNamedExports(clause)
      ? clause.elements.map(({ name }) => textOf(name))
      : []
  }
  const { modifiers, name } = statement as Statement & {
    readonly modifiers?: readonly Node[]
    readonly name?: Node
  }
  if (modifiers?.some(({ kind }) => kind === SyntaxKind.ExportKeyword) !== true) return []
  if (modifiers.some(({ kind }) => kind === SyntaxKind.DefaultKeyword)) return ['default']
  if (!isVariableStatement(statement)) return [textOf(name)]
  return statement.declarationList.declarations.map((declaration) => textOf(declaration.name))
}

/** Types that a statement names outside function bodies. */
const typesInSignature = (statement: Statement): ReadonlySet<string> => {
  const types = new Set<string>()
  const visit = (node: Node): void => {
    if (isBlock(node)) return
    if (isTypeReferenceNode(node)) types.add(textOf(node.typeName))
    if (isTypeQueryNode(node)) types.add(textOf(node.exprName))
    if (isExpressionWithTypeArguments(node)) types.add(textOf(node.expression))
    node.forEachChild(visit)
  }
  visit(statement)
  return types
}

const exportsIn = (source: SourceFile): readonly Export[] => {
  const declared = source.statements
    .map((statement) => ({ statement, names: namesDeclared(statement) }))
    .filter(({ names }) => names.length > 0)
    .map(({ statement, names }) => ({ names, types: typesInSignature(statement) }))
  return declared.flatMap((own) =>
    own.names.map((name) => ({
      name,
      isPartOfAnother: declared.some((other) => other !== own && other.types.has(name)),
    })),
  )
}

const FUNCTIONS = [
  isFunctionDeclaration,
  isFunctionExpression,
  isArrowFunction,
  isMethodDeclaration,
  isConstructorDeclaration,
  isGetAccessorDeclaration,
  isSetAccessorDeclaration,
]

const nameOfFunction = (node: Node): string => {
  const { name } = node as { readonly name?: Node }
  if (name !== undefined) return textOf(name)
  const { parent } = node
  if (isCallExpression(parent)) return `an argument of ${parent.expression.getText()}`
  return textOf((parent as { readonly name?: Node }).name)
}

const functionsIn = (source: SourceFile): readonly FunctionSize[] => {
  const functions: FunctionSize[] = []
  const lineAt = (position: number): number => 1 + source.getLineAndCharacterOfPosition(position).line
  walk(source, (node) => {
    if (!FUNCTIONS.some((isOne) => isOne(node))) return
    const line = lineAt(node.getStart(source))
    functions.push({ name: nameOfFunction(node), line, lines: lineAt(node.end) - line + 1 })
  })
  return functions
}

/** Local name -> the file that it is imported from. */
const originsIn = (imports: readonly Import[]): ReadonlyMap<string, string> =>
  new Map(imports.flatMap(({ from, names }) => (names ?? []).map((name) => [name, from] as const)))

const tableKeys = (node: Node): readonly Node[] | null => {
  if (!isObjectLiteralExpression(node)) return null
  const keys = node.properties.map((property) => (isPropertyAssignment(property) ? property.name : property))
  return keys.every(isComputedPropertyName) ? keys.map(({ expression }) => expression) : null
}

const listsIn = (source: SourceFile, imports: readonly Import[]): readonly List[] => {
  const origins = originsIn(imports)
  const lists: List[] = []
  const add = (kind: List['kind'], nodes: readonly Node[] | null): void => {
    if (nodes?.every((node) => isStringLiteral(node) || isIdentifier(node)) !== true) return
    const items = nodes.map((node) => ({
      text: textOf(node),
      from: isIdentifier(node) ? (origins.get(node.text) ?? null) : null,
    }))
    lists.push({ kind, items })
  }
  walk(source, (node) => {
    if (isArrayLiteralExpression(node)) add('array', node.elements)
    else add('table', tableKeys(node))
  })
  return lists
}

/** Every file of tsconfig.json that belongs to the project. */
export const readSources = (): readonly Source[] => {
  const api = new API({ cwd: PROJECT_ROOT })
  try {
    const snapshot = api.updateSnapshot({ openProject: path.join(PROJECT_ROOT, 'tsconfig.json') })
    const program = snapshot.getProjects()[0]?.program
    if (program === undefined) throw new Error('tsconfig.json gives no project')
    return program.getSourceFileNames().flatMap((name) => {
      const file = path.relative(PROJECT_ROOT, name)
      const source = program.getSourceFile(name)
      if (source === undefined || file.startsWith('..') || file.split('/').includes('node_modules')) return []
      const imports = importsIn(source, file)
      return [
        {
          file,
          text: source.text,
          imports,
          exports: exportsIn(source),
          functions: functionsIn(source),
          lists: listsIn(source, imports),
        },
      ]
    })
  } finally {
    api.close()
  }
}
