import { Paper, Text } from '@mantine/core';
import type { ReactNode } from 'react';

export function StatTile({
  label,
  value,
  note,
}: {
  label: string;
  value: ReactNode;
  note?: ReactNode;
}) {
  return (
    <Paper px="md" py="sm" component="dl" m={0}>
      <Text component="dt" size="xs" c="dimmed">
        {label}
      </Text>
      <Text component="dd" m={0} className="tabular" fz={22} fw={620} lh={1.3}>
        {value}
      </Text>
      {note !== undefined && (
        <Text component="dd" m={0} size="xs" c="dimmed" className="tabular">
          {note}
        </Text>
      )}
    </Paper>
  );
}
