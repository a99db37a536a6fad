import type { Permission } from '@outdial/protocol';
import type { ReactNode } from 'react';
import { useMay } from '../data/account-context.js';
import { NotAllowedPage } from './dead-ends.js';

/** A page for those who have one of these permissions; others hear that it is not for them. */
export function MayOpen({
  oneOf,
  children,
}: {
  oneOf: readonly Permission[];
  children: ReactNode;
}) {
  const may = useMay();
  return may(...oneOf) ? children : <NotAllowedPage />;
}
