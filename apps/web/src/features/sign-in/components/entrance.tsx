import { Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './entrance.module.css';

interface EntranceProps {
  title: string;
  children: ReactNode;
  /** Said before anything is asked. */
  note?: ReactNode;
}

/** The frame of what stands before the app. */
export function Entrance({ title, note, children }: EntranceProps) {
  return (
    <main className={classes.page}>
      <div className={classes.frame}>
        <div className={classes.brand}>
          <img src="/favicon.svg" alt="" width={28} height={28} />
          Outdial
        </div>
        <Paper p="lg">
          <Stack gap="md">
            <Title order={1} fz={19}>
              {title}
            </Title>
            {note && (
              <Text size="sm" c="dimmed" mt={-8}>
                {note}
              </Text>
            )}
            {children}
          </Stack>
        </Paper>
      </div>
    </main>
  );
}
