/**
 * Who may do something. Nobody may at first.
 *
 * | call   | value       | ok value             |
 * |--------|-------------|----------------------|
 * | grant  | { subject } | the same             |
 * | revoke | { subject } | the same             |
 * | check  | { subject } | { subject, allowed } |
 */
export const ACCESS = 'access'

export interface AccessCall {
  readonly f: 'grant' | 'revoke' | 'check'
  readonly value: { readonly subject: number }
}

export interface Checked {
  readonly subject: number
  readonly allowed: boolean
}
