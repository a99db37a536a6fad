import { ApiError, NetworkError } from '@outdial/client';

/** What an error says to people. */
export function errorText(error: unknown): string {
  if (error instanceof ApiError) return error.detail;
  if (error instanceof NetworkError) return error.message;
  return 'Something went wrong in this page. Reload it; if it happens again, tell your administrator.';
}

export const isOffline = (error: unknown) =>
  error instanceof NetworkError || (error instanceof ApiError && error.status >= 502);
