/** What differs between two versions of something, for the audit log: the fields that changed, as they were and as they are. */
export interface ChangedFields {
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
}

/**
 * By the path of each field (`dialing.calling_window.start`); lists count as one value. A field that one of the two lacks is
 * null there.
 */
export function changedFields(before: object, after: object): ChangedFields {
  const [was, is] = [flat(before), flat(after)];
  const changed = [...new Set([...was.keys(), ...is.keys()])]
    .filter((path) => JSON.stringify(was.get(path)) !== JSON.stringify(is.get(path)))
    .sort();
  const only = (values: ReadonlyMap<string, unknown>) =>
    Object.fromEntries(changed.map((path) => [path, values.get(path) ?? null]));
  return { before: only(was), after: only(is) };
}

function flat(value: object, under = ''): Map<string, unknown> {
  const fields = new Map<string, unknown>();
  for (const [name, each] of Object.entries(value)) {
    if (typeof each === 'object' && each !== null && !Array.isArray(each)) {
      for (const [path, leaf] of flat(each, `${under}${name}.`)) fields.set(path, leaf);
    } else if (each !== undefined) {
      fields.set(`${under}${name}`, each);
    }
  }
  return fields;
}
