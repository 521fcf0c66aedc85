export const renderReport = async (dir: string): Promise<string> => `${dir}/report.html`
