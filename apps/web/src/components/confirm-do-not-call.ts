import { confirm } from '../ui/confirm.js';

/** Asks before a disposition that takes every number of a person off all queues. */
export const confirmDoNotCall = (name: string, disposition: string, onConfirm: () => void): void =>
  confirm({
    title: `Never call ${name} again?`,
    children:
      'All numbers of this person are added to the do-not-call list, for every queue and every agent. Another disposition for this call removes them again.',
    confirm: disposition,
    onConfirm,
  });
