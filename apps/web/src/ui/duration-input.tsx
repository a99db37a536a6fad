import { Group, NativeSelect, NumberInput } from '@mantine/core';
import { useState } from 'react';

const UNITS = { s: 1, min: 60, h: 3600, d: 86_400 } as const;
type Unit = keyof typeof UNITS;
const UNIT_WORDS = [
  { value: 's', label: 'seconds' },
  { value: 'min', label: 'minutes' },
  { value: 'h', label: 'hours' },
  { value: 'd', label: 'days' },
];

/** The largest unit in which the time is a whole number. */
const unitFor = (seconds: number): Unit =>
  (['d', 'h', 'min'] as const).find((u) => seconds > 0 && seconds % UNITS[u] === 0) ?? 's';

interface DurationInputProps {
  label: string;
  /** In seconds. */
  value: number;
  onChange: (seconds: number) => void;
  disabled?: boolean;
  error?: string | undefined;
}

/** A time in the unit that people would say it in. */
export function DurationInput({
  label,
  value,
  onChange,
  disabled = false,
  error,
}: DurationInputProps) {
  const [unit, setUnit] = useState<Unit>(() => unitFor(value));
  return (
    <Group gap={6} wrap="nowrap" align="flex-start">
      <NumberInput
        aria-label={label}
        value={value / UNITS[unit]}
        onChange={(n) => onChange(Math.round((Number(n) || 0) * UNITS[unit]))}
        min={0}
        decimalScale={2}
        disabled={disabled}
        error={error}
        w={84}
        hideControls
      />
      <NativeSelect
        aria-label={`Unit of ${label}`}
        data={UNIT_WORDS}
        value={unit}
        onChange={(event) => setUnit(event.currentTarget.value as Unit)}
        disabled={disabled}
        w={108}
      />
    </Group>
  );
}
