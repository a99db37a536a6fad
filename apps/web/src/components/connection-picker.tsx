import { Select } from '@mantine/core';
import type { Connection } from '@outdial/protocol';

interface ConnectionPickerProps {
  connections: readonly Connection[];
  value: string | null;
  onChange: (connectionId: string | null) => void;
  /** What an empty choice means. */
  otherwise: string;
  description?: string;
  error?: string | undefined;
}

/** Which phone system calls go through. Absent where there is nothing to choose and nothing was chosen. */
export function ConnectionPicker({
  connections,
  value,
  onChange,
  otherwise,
  description,
  error,
}: ConnectionPickerProps) {
  if (connections.length < 2 && value === null && error === undefined) return null;
  const isKnown = value === null || connections.some(({ id }) => id === value);
  return (
    <Select
      label="Calls go through"
      description={description}
      placeholder={otherwise}
      clearable
      data={[
        ...connections.map((it) => ({
          value: it.id,
          label: `${it.label}${it.state === 'disabled' ? ' (disabled)' : ''}`,
        })),
        ...(isKnown || value === null ? [] : [{ value, label: `${value} (removed)` }]),
      ]}
      value={value}
      onChange={onChange}
      error={error}
    />
  );
}
