/**
 * Ids that are never handed out twice.
 *
 * | call     | value | ok value                    |
 * |----------|-------|-----------------------------|
 * | generate | {}    | { id }: a number or a text  |
 */
export const UNIQUE_IDS = 'unique-ids'

export interface GenerateCall {
  readonly f: 'generate'
  readonly value: Readonly<Record<string, never>>
}

export interface Generated {
  readonly id: number | string
}
