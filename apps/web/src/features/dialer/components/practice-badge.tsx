import { Badge } from '@mantine/core';
import type { DialerStatus } from '@outdial/protocol';

/** Says that no phone rings; absent where real phones ring. */
export function PracticeBadge({ provider }: { provider: DialerStatus['provider'] }) {
  if (provider.reaches_real_phones) return null;
  return (
    <Badge color="plum" variant="light" style={{ alignSelf: 'flex-start' }}>
      Practice: no real phones
    </Badge>
  );
}
