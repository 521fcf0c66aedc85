/** What each registry of programs has to do. */

/** @typeParam S where its programs come from, as targets say it */
export interface ProgramKind<S> {
  /** The registry, for sentences: `PyPI`. */
  readonly registry: string
  /** What is obtained, for people and for the name of a folder. */
  nameOf(source: S): string
  /** What is missing on this machine to obtain it, and what provides that; null: nothing is. */
  lacks(source: S): Promise<string | null>
  /**
   * Puts it into an empty folder, and verifies it.
   *
   * @returns lines of checksums, which are kept beside it
   * @throws UserError with the reason if it cannot be had, or has another checksum
   */
  fetch(source: S, folder: string, say: (line: string) => void): Promise<readonly string[]>
  /** The program's path in the folder; '' if it is the folder. */
  pathOf(source: S): string
}
