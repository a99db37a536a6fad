import { Text } from '@mantine/core';
import { modals } from '@mantine/modals';

interface Confirmation {
  title: string;
  children: string;
  /** What the button does, as a verb. */
  confirm: string;
  /** What happens otherwise. */
  cancel?: string;
  onConfirm: () => void;
  dangerous?: boolean;
}

/** Asks before something is done. The focus is on Cancel where the answer destroys something, so that a key too many does nothing. */
export function confirm({
  title,
  children,
  confirm: verb,
  cancel = 'Cancel',
  onConfirm,
  dangerous = true,
}: Confirmation) {
  modals.openConfirmModal({
    title,
    children: <Text size="sm">{children}</Text>,
    labels: { confirm: verb, cancel },
    confirmProps: dangerous ? { color: 'rust' } : { 'data-autofocus': true },
    cancelProps: { variant: 'default', ...(dangerous && { 'data-autofocus': true }) },
    onConfirm,
  });
}
