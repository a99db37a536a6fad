import { Badge } from '@mantine/core';
import type { Connection } from '@outdial/protocol';

/** Which phone system calls go through; where no phone rings, it says so. */
export function ConnectionBadge({ connection }: { connection: Connection }) {
  return connection.is_practice ? (
    <Badge color="plum" variant="light" style={{ alignSelf: 'flex-start' }}>
      Practice: no real phones
    </Badge>
  ) : (
    <Badge color="gray" variant="light" style={{ alignSelf: 'flex-start' }}>
      {connection.label}
    </Badge>
  );
}
