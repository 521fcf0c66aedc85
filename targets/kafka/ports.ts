export const BROKER_PORT = 9092
export const CONTROLLER_PORT = 9093
