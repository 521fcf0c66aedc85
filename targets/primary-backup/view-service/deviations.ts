/** Where a planted bug can make the view service break a rule. */

export interface ServiceDeviations {
  /** The new primary is any node that calls, member of the view or not. */
  readonly takesAnyNode: boolean
  /** It replaces a primary that has not acknowledged its view. */
  readonly skipsAcknowledgement: boolean
}

export const healthyService: ServiceDeviations = { takesAnyNode: false, skipsAcknowledgement: false }
