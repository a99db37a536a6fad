import { Text, type TextProps } from '@mantine/core';
import { formatFullMoment, formatMoment } from '../domain/format-time.js';

/** A time as it is said; the whole of it on hover. */
export function Moment({ at, ...text }: { at: string | null } & TextProps) {
  if (at === null)
    return (
      <Text component="span" inherit c="dimmed">
        –
      </Text>
    );
  return (
    <Text
      component="time"
      inherit
      className="tabular"
      title={formatFullMoment(at)}
      style={{ whiteSpace: 'nowrap' }}
      {...text}
    >
      {formatMoment(at)}
    </Text>
  );
}
