/**
 * What a caller may send. The protocol's schemas fill in defaults and tidy strings, so what they take differs from what
 * they give; these types are written from the outcome, with the defaulted fields left optional.
 */
export type Sent<S extends { _zod: { output: unknown } }> = S['_zod']['output'];

export type WithOptional<T, K extends keyof T> = Omit<T, K> & { [P in K]?: T[P] | undefined };

/** A list's query: everything is optional, as every field has a default or may be left out. */
export type Filters<T> = { [P in keyof T]?: T[P] | undefined };

export const optionalAnswer = {
  safeParse: (value: unknown) => ({ success: true as const, data: value as undefined }),
};
