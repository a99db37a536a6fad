import { ApiError, NetworkError } from '@outdial/client';
import { PAGE_BROKE, refusalWords } from './catalogue/refusal-words.js';

/** What an error says to people. */
export function errorText(error: unknown): string {
  if (error instanceof ApiError) return refusalWords(error.code, error.detail);
  if (error instanceof NetworkError) return error.message;
  return PAGE_BROKE;
}

export const isOffline = (error: unknown) =>
  error instanceof NetworkError || (error instanceof ApiError && error.status >= 502);
