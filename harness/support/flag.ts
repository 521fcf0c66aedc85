/** The name of a setting as a flag of the command line: `timeLimit` is `--time-limit`. */
export const flagOf = (name: string): string =>
  `--${name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`
