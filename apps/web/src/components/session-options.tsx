import { Input, SegmentedControl, Text } from '@mantine/core';
import type { Connection } from '@outdial/protocol';

/** As many as a session may have, whatever the phone system carries. */
const MOST_LINES = 10;

interface LinesPickerProps {
  value: number;
  onChange: (lines: number) => void;
  connection: Connection;
}

/** How many people are called at once; no more than the phone system carries, and why. */
export function LinesPicker({ value, onChange, connection }: LinesPickerProps) {
  const max = Math.min(MOST_LINES, connection.capabilities.max_lines_per_agent);
  return (
    <Input.Wrapper
      label="Lines"
      labelElement="div"
      description={
        max === 1
          ? `${connection.label} carries one line per agent, so people are called one after the other.`
          : value === 1
            ? 'One person at a time.'
            : `${value} people at once: the first to answer is put through, the other calls are canceled.`
      }
      inputWrapperOrder={['label', 'input', 'description', 'error']}
    >
      <div>
        <SegmentedControl
          aria-label="Lines"
          value={String(value)}
          onChange={(lines) => onChange(Number(lines))}
          disabled={max === 1}
          data={Array.from({ length: max }, (_, i) => String(i + 1))}
          mt={4}
          mb={2}
        />
      </div>
    </Input.Wrapper>
  );
}

interface AfterConnectPickerProps {
  value: 'continue' | 'stop';
  onChange: (value: 'continue' | 'stop') => void;
}

export function AfterConnectPicker({ value, onChange }: AfterConnectPickerProps) {
  return (
    <Input.Wrapper label="After a conversation" labelElement="div">
      <div>
        <SegmentedControl
          aria-label="After a conversation"
          value={value}
          onChange={(next) => onChange(next as 'continue' | 'stop')}
          data={[
            { value: 'continue', label: 'Continue to next lead' },
            { value: 'stop', label: 'Stop session' },
          ]}
          mt={4}
        />
      </div>
      <Text size="xs" c="dimmed" mt={4}>
        {value === 'continue'
          ? 'After the wrap-up the next round starts by itself.'
          : 'The session ends with its first conversation.'}
      </Text>
    </Input.Wrapper>
  );
}
