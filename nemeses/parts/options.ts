/** Short forms of options. */

export const number = (byDefault: number, description: string) =>
  ({ type: 'number', default: byDefault, description }) as const

/** In milliseconds. */
export const duration = (byDefaultMs: number, description: string) =>
  ({ type: 'duration', default: byDefaultMs, description }) as const

export const text = (byDefault: string, description: string) =>
  ({ type: 'string', default: byDefault, description }) as const

export const flag = (byDefault: boolean, description: string) =>
  ({ type: 'boolean', default: byDefault, description }) as const

export const choice = <const Choice extends string>(
  choices: readonly Choice[],
  byDefault: NoInfer<Choice>,
  description: string,
) => ({ type: 'string', default: byDefault, choices, description }) as const
