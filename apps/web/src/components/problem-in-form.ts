import { ApiError } from '@outdial/client';
import { errorText } from '../domain/error-text.js';

interface FormLike {
  setErrors(errors: Record<string, string>): void;
  getValues(): object;
}

/**
 * Puts what the server says about fields at the fields. Gives back what is left to say: the problem's sentence when a
 * field is not on the form, or when it is about no field at all.
 */
export function problemInForm(
  form: FormLike,
  error: unknown,
  fieldOf: (field: string) => string = (field) => field,
): string | null {
  if (!(error instanceof ApiError) || error.errors.length === 0) return errorText(error);
  const values = form.getValues();
  const atFields: Record<string, string> = {};
  let allPlaced = true;
  for (const { field, message } of error.errors) {
    const name = fieldOf(field);
    if (has(values, name)) atFields[name] = message;
    else allPlaced = false;
  }
  form.setErrors(atFields);
  return allPlaced ? null : error.detail;
}

function has(values: object, path: string): boolean {
  let at: unknown = values;
  for (const part of path.split('.')) {
    if (typeof at !== 'object' || at === null || !(part in at)) return false;
    at = (at as Record<string, unknown>)[part];
  }
  return true;
}
