import path from 'node:path'

/** In the package, the compiled code is in a folder of its own, and the plans stay beside the sources. */
const FOLDER = import.meta.filename.endsWith('.ts') ? '.' : '../../../targets/corpus'

/** The file of a recorded plan of this folder, for `faults`. */
export const planOfSteps = (id: string): string => path.resolve(import.meta.dirname, FOLDER, `${id}.jsonl`)
