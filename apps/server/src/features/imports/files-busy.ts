import { Refusal } from '../../platform/refusal.js';

/** As many files are being read as the server reads at once. */
export const filesBusy = (seconds: number): Refusal =>
  new Refusal(
    'rate_limited',
    `The server is reading as many files as it can at once. Try again in ${seconds} s.`,
    { retryAfterSeconds: seconds },
  );
