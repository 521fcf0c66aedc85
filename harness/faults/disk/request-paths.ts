/** The paths that a request is about, relative to the data directory, for faults that hit only some files. */
import type { Inode, Inodes } from './inodes.ts'
import type { OperationName, Request } from './protocol.ts'

/** Where the name begins in the body of a request about a name in a directory. */
const NAME_AT: Partial<Record<OperationName, number>> = {
  create: 16,
  mkdir: 8,
  mknod: 16,
  symlink: 0,
  link: 8,
  unlink: 0,
  rmdir: 0,
}

const below = (directory: string | null, name: string): readonly string[] => {
  if (directory === null) return []
  return [directory === '' ? name : `${directory}/${name}`]
}

/** Its path: a character for each byte; what was removed has the one it had. Null: it never had one. */
export const relativePath = (inode: Inode): string | null => {
  const { root, graveyard } = inode.home
  if (inode === root) return ''
  const place = inode.places.find(({ directory }) => directory !== graveyard) ?? inode.former
  return place === null ? null : (below(relativePath(place.directory), place.name)[0] ?? null)
}

/** @param request at its beginning */
export const pathsOf = (request: Request, inodes: Inodes): readonly string[] => {
  const { operation } = request
  const inode = inodes.get(request.nodeId)
  const own = relativePath(inode)
  if (operation === 'rename' || operation === 'rename2') {
    const to = relativePath(inodes.get(request.u64()))
    if (operation === 'rename2') request.skip(8)
    return [...below(own, request.text()), ...below(to, request.text())]
  }
  const nameAt = operation === undefined ? undefined : NAME_AT[operation]
  if (nameAt !== undefined) return below(own, request.skip(nameAt).text())
  return own === null ? [] : [own]
}
