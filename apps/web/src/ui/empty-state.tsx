import { Center, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';

interface EmptyStateProps {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  icon?: ReactNode;
  /** It stands for the whole page, whose heading its title then is. */
  isPage?: boolean;
}

/** Nothing here, why that is, and what to do about it. */
export function EmptyState({ title, children, action, icon, isPage }: EmptyStateProps) {
  return (
    <Center py={48} px="md">
      <Stack gap={6} align="center" maw={420}>
        {icon && <Text c="dimmed">{icon}</Text>}
        <Text fw={600} ta="center" {...(isPage && { component: 'h1', m: 0 })}>
          {title}
        </Text>
        {children && (
          <Text size="sm" c="dimmed" ta="center" component="div">
            {children}
          </Text>
        )}
        {action && <div style={{ marginTop: 8 }}>{action}</div>}
      </Stack>
    </Center>
  );
}
