export const AMQP_PORT = 5672
export const MANAGEMENT_PORT = 15672
/** Of Erlang's distribution, by which the nodes talk to each other. */
export const DISTRIBUTION_PORT = 25672
