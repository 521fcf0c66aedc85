/** A rule that keeps the engines fast: what it is, the file, the text that is replaced to break it, and its replacement. */
export type Mutation = readonly [rule: string, file: string, from: string, to: string]
