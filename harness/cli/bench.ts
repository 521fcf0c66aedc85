export const benchCommand = async (): Promise<number> => 0
