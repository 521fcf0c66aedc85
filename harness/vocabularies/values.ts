/** Schemas that vocabularies share. */
import { z } from 'zod'

/** A name of an object, or a value: whole numbers of any size, and texts. */
export const scalar = z.union([z.int(), z.bigint(), z.string()])
export type Scalar = z.output<typeof scalar>

/** What is asked where there is nothing to say. */
export const nothing = z.strictObject({})
