import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import type { z } from 'zod';

/** One filter as it stands in the address. `T` is its value, `undefined` where the list is not filtered by it. */
export interface UrlField<T> {
  read(values: readonly string[]): T;
  write(value: T): readonly string[];
}

type FieldsOf<V> = { readonly [K in keyof V]: UrlField<V[K]> };

/** Free text; empty where there is none. */
export const urlText: UrlField<string> = {
  read: ([text]) => text ?? '',
  write: (text) => (text === '' ? [] : [text]),
};

/** One value of a shape. What the address holds and the shape refuses counts as not there. */
export function urlValue<S extends z.ZodType<string>>(shape: S): UrlField<z.infer<S> | undefined> {
  return {
    read: ([text]) => {
      if (text === undefined || text === '') return undefined;
      const parsed = shape.safeParse(text);
      return parsed.success ? parsed.data : undefined;
    },
    write: (value) => (value ? [value] : []),
  };
}

/** As `urlValue`, with what holds where the address says nothing; that value is left out of the address. */
export function urlChoice<S extends z.ZodType<string>>(
  shape: S,
  byDefault: z.infer<S>,
): UrlField<z.infer<S>> {
  const field = urlValue(shape);
  return {
    read: (values) => field.read(values) ?? byDefault,
    write: (value) => (value === byDefault ? [] : [value]),
  };
}

/** Any number of values of a shape; the parameter is repeated. */
export function urlValues<S extends z.ZodType<string>>(shape: S): UrlField<z.infer<S>[]> {
  return {
    read: (texts) =>
      texts.flatMap((text) => {
        const parsed = shape.safeParse(text);
        return parsed.success ? [parsed.data] : [];
      }),
    write: (values) => values,
  };
}

/**
 * The filters, sorting and search text of a page, kept in its address: a reload, a shared link, back and forward keep them. `fields`
 * must be the same object in every render. A change replaces the entry in the browser's history, so that back leaves the page;
 * parameters of others, such as an open drawer, stay.
 */
export function useUrlFilters<V extends object>(fields: FieldsOf<V>) {
  const [search, setSearch] = useSearchParams();
  const filters = useMemo(() => {
    const read = <K extends keyof V>(name: K) => fields[name].read(search.getAll(String(name)));
    return Object.fromEntries(namesOf(fields).map((name) => [name, read(name)])) as V;
  }, [fields, search]);
  const set = useCallback(
    (changes: { readonly [K in keyof V]?: V[K] }) =>
      setSearch(
        (old) => {
          const next = new URLSearchParams(old);
          for (const name of namesOf(fields)) {
            if (!(name in changes)) continue;
            next.delete(String(name));
            const texts = fields[name].write(changes[name] as V[typeof name]);
            for (const text of texts) next.append(String(name), text);
          }
          return next;
        },
        { replace: true },
      ),
    [fields, setSearch],
  );
  const clear = useCallback(
    () =>
      setSearch(
        (old) => {
          const next = new URLSearchParams(old);
          for (const name of namesOf(fields)) next.delete(String(name));
          return next;
        },
        { replace: true },
      ),
    [fields, setSearch],
  );
  // By what counts, not by what the address holds: a value that the shape refuses filters nothing.
  const isFiltered = namesOf(fields).some((name) => fields[name].write(filters[name]).length > 0);
  return { filters, set, clear, isFiltered };
}

const namesOf = <V extends object>(fields: FieldsOf<V>) => Object.keys(fields) as Array<keyof V>;
