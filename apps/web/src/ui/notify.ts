import { notifications } from '@mantine/notifications';
import { errorText } from '../data/error-text.js';

/** Something was done; said in passing. */
export const notifyDone = (message: string) =>
  notifications.show({ message, color: 'signal', autoClose: 4_000 });

/** Something was not done, and the page has no better place to say so. */
export const notifyFailed = (error: unknown) =>
  notifications.show({
    title: 'That did not work',
    message: errorText(error),
    color: 'rust',
    autoClose: 10_000,
  });
