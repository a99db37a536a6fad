import { Center, Loader, Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';

const SAYS_SO_AFTER_MS = 3_000;

/** In place of a page whose file is on its way. */
export function PageLoading() {
  const [isLate, setIsLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsLate(true), SAYS_SO_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!isLate) return <Loader size="sm" m="xl" aria-label="Loading the page" />;
  return (
    <Center py={48} px="md">
      <Stack gap={6} align="center" maw={420}>
        <Loader size="sm" aria-hidden />
        <Text fw={600} role="status">
          This page couldn’t load. Retrying…
        </Text>
        <Text size="sm" c="dimmed" ta="center">
          The server does not answer. The page opens when it does.
        </Text>
      </Stack>
    </Center>
  );
}
