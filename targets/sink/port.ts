export const SINK_PORT = 8600
