import { Alert, Button, Center, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconCloudOff } from '@tabler/icons-react';
import { errorText, isOffline } from '../domain/error-text.js';

/** A part of the page that could not be read, with a way to try again. */
export function ErrorState({
  error,
  onRetry,
}: {
  error: unknown;
  onRetry?: (() => void) | undefined;
}) {
  const offline = isOffline(error);
  return (
    <Center py={48} px="md" role="alert">
      <Stack gap={6} align="center" maw={420}>
        <Text c="rust">
          {offline ? <IconCloudOff size={28} /> : <IconAlertTriangle size={28} />}
        </Text>
        <Text fw={600}>
          {offline ? 'The server cannot be reached' : 'This could not be loaded'}
        </Text>
        <Text size="sm" c="dimmed" ta="center">
          {errorText(error)}
        </Text>
        {onRetry && (
          <Button variant="default" size="xs" mt={8} onClick={onRetry}>
            Try again
          </Button>
        )}
      </Stack>
    </Center>
  );
}

/** What went wrong with something that was asked for: stands where it was asked. */
export function ErrorNote({ error }: { error: unknown }) {
  if (error === null || error === undefined) return null;
  return (
    <Alert color="rust" variant="light" role="alert" icon={<IconAlertTriangle size={16} />} py="xs">
      {typeof error === 'string' ? error : errorText(error)}
    </Alert>
  );
}
