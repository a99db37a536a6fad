import { notifications } from '@mantine/notifications';
import type { SecurityAlert } from '@outdial/protocol';
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

const ALERT_TITLES: Record<SecurityAlert['kind'], string> = {
  many_failed_sign_ins: 'Many failed sign-ins',
  refresh_token_used_twice: 'A sign-in may have been stolen',
  webhook_token_failures: 'Webhooks with a wrong token',
  large_export: 'A large export',
};

/** Something an admin should look at; stays until they have closed it. */
export const notifyAlert = (alert: SecurityAlert) =>
  notifications.show({
    title: ALERT_TITLES[alert.kind],
    message: `${alert.message} The audit log has the details.`,
    color: 'amber',
    autoClose: false,
  });
