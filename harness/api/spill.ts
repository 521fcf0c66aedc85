/** Room on disk for what does not fit into memory. */

/** Takes bytes and gives them back. */
export interface Spill {
  /** Takes bytes, and tells where they are: behind those that it took before. Throws if there is no room. */
  write(bytes: Buffer): number
  /**
   * Bytes that cannot be read come back as anything: whoever reads compares checksums (`readPart`).
   *
   * @param room of this length, into which they are read. Absent: new memory
   */
  read(offset: number, bytes: number, room?: Buffer<ArrayBuffer>): Buffer<ArrayBuffer>
  /** What is to be thrown. @param what is not what was written, such as `operations 0 and following` */
  damaged(what: string): Error
}

/** What a checker of a long history may use beside the memory. */
export interface Scratch {
  /** What it takes is gone when nobody holds it any more, and with the process, however that ends. */
  makeSpill(): Spill
  /** So many operations a checker holds in memory at once. Absent: as many as it likes best. */
  readonly mostInMemory?: number
}
