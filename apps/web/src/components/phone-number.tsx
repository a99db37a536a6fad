import { Text, type TextProps } from '@mantine/core';
import { formatPhone } from '../domain/format-phone.js';

export function PhoneNumber({ value, ...text }: { value: string } & TextProps) {
  return (
    <Text component="span" className="tabular" inherit style={{ whiteSpace: 'nowrap' }} {...text}>
      {formatPhone(value)}
    </Text>
  );
}
