import { notifications } from '@mantine/notifications';
import type { SecurityAlert } from '@outdial/protocol';
import { ALERT_WORDS } from '../domain/catalogue/words.js';
import { errorText } from '../domain/error-text.js';

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

/** Something that was kept for later was refused; stays until the person has closed it. */
export const notifyLost = (title: string, message: string) =>
  notifications.show({ title, message, color: 'rust', autoClose: false });

/** Something an admin should look at; stays until they have closed it. */
export const notifyAlert = (alert: SecurityAlert) =>
  notifications.show({
    title: ALERT_WORDS[alert.kind],
    message: `${alert.message} The audit log has the details.`,
    color: 'amber',
    autoClose: false,
  });
