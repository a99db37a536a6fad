/** The only place that touches `process.env`. */
export const environment = (): Readonly<Record<string, string | undefined>> => process.env;
