import {
  Checkbox,
  Group,
  NumberInput,
  SegmentedControl,
  Stack,
  Switch,
  Text,
  TextInput,
} from '@mantine/core';
import type { DialingSettings, Outcome } from '@outdial/protocol';
import type { ReactNode } from 'react';
import { OUTCOME_WORDS } from '../data/words.js';
import classes from './dialing-fields.module.css';
import { DurationInput } from './duration-input.js';

export type DialingValues = (typeof DialingSettings)['_zod']['output'];
export type DialingKey = keyof DialingValues;

interface DialingFieldsProps {
  values: DialingValues;
  onChange: (values: DialingValues) => void;
  /** What the server says of a field, such as `calling_window.end`. */
  errorAt: (path: string) => string | undefined;
  /** On a queue: what it decides for itself. The rest shows the system's settings. */
  own?: ReadonlySet<DialingKey>;
  onOwn?: (key: DialingKey, isOwn: boolean) => void;
}

const TIMES: ReadonlyArray<[DialingKey & `${string}_seconds`, string, string]> = [
  ['delay_seconds', 'Delay between rounds', 'Time to breathe before the next calls'],
  ['wrap_up_seconds', 'Wrap-up', 'For the disposition and notes; saving ends it earlier'],
  ['ring_seconds', 'Ring limit', 'How long a phone rings before it counts as no answer'],
  ['patience_seconds', 'Patience', 'How long a session waits for a lead to become due'],
  [
    'pause_when_away_seconds',
    'Pause when away',
    'No new calls once the agent has closed Outdial for so long; 0: they go on',
  ],
];
const RETRIED: readonly Outcome[] = [
  'BUSY',
  'NO_ANSWER',
  'VOICEMAIL',
  'CANCELED_BY_DIALER',
  'FAILED',
  'ABANDONED',
];

/** When, how long and how often people are called: the same for the system and for a queue. */
export function DialingFields({ values, onChange, errorAt, own, onOwn }: DialingFieldsProps) {
  const isFixed = (key: DialingKey) => own !== undefined && !own.has(key);
  const row = (key: DialingKey, label: string, hint: string, control: ReactNode, tall = false) => (
    <div className={classes.row} data-tall={tall || undefined} key={key}>
      <div>
        <Text size="sm" fw={540}>
          {label}
        </Text>
        <Text size="xs" c="dimmed">
          {hint}
        </Text>
      </div>
      {control}
      {own && (
        <Switch
          size="xs"
          label="Own"
          aria-label={`${label}: own value`}
          checked={own.has(key)}
          onChange={(event) => onOwn?.(key, event.currentTarget.checked)}
        />
      )}
    </div>
  );
  const window = values.calling_window;
  const setWindow = (change: Partial<typeof window>) =>
    onChange({ ...values, calling_window: { ...window, ...change } });
  return (
    <div>
      {TIMES.map(([key, label, hint]) =>
        row(
          key,
          label,
          hint,
          <DurationInput
            label={label}
            value={values[key]}
            onChange={(seconds) => onChange({ ...values, [key]: seconds })}
            disabled={isFixed(key)}
            error={errorAt(key)}
          />,
        ),
      )}
      {row(
        'calling_window',
        'Calling window',
        'Local time where the lead is',
        <Stack gap={8}>
          <Group gap={8}>
            <TextInput
              aria-label="Calling window from"
              type="time"
              value={window.start}
              onChange={(event) => setWindow({ start: event.currentTarget.value })}
              disabled={isFixed('calling_window')}
              error={errorAt('calling_window.start') ?? errorAt('calling_window')}
            />
            <Text size="sm">to</Text>
            <TextInput
              aria-label="Calling window to"
              type="time"
              value={window.end}
              onChange={(event) => setWindow({ end: event.currentTarget.value })}
              disabled={isFixed('calling_window')}
              error={errorAt('calling_window.end')}
            />
          </Group>
          <SegmentedControl
            aria-label="Enforce the calling window"
            size="xs"
            w="fit-content"
            disabled={isFixed('calling_window')}
            value={String(window.enforce)}
            onChange={(value) => setWindow({ enforce: value === 'null' ? null : value === 'true' })}
            data={[
              { value: 'null', label: 'With real phones' },
              { value: 'true', label: 'Always' },
              { value: 'false', label: 'Not on the simulator' },
            ]}
          />
        </Stack>,
        true,
      )}
      {row(
        'retry_rules',
        'Retries',
        'After which outcomes a lead is called again, when, and how often',
        <RetryRules
          rules={values.retry_rules}
          onChange={(retry_rules) => onChange({ ...values, retry_rules })}
          disabled={isFixed('retry_rules')}
          errorAt={errorAt}
        />,
        true,
      )}
    </div>
  );
}

function RetryRules({
  rules,
  onChange,
  disabled,
  errorAt,
}: {
  rules: DialingValues['retry_rules'];
  onChange: (rules: DialingValues['retry_rules']) => void;
  disabled: boolean;
  errorAt: (path: string) => string | undefined;
}) {
  return (
    <div className={classes.rules}>
      <span>After</span>
      <span>again after</span>
      <span>tries</span>
      {RETRIED.map((outcome) => {
        const rule = rules[outcome];
        const word = OUTCOME_WORDS[outcome];
        const set = (change: { delay_seconds?: number; tries?: number | null }) =>
          onChange({ ...rules, [outcome]: { delay_seconds: 600, tries: 3, ...rule, ...change } });
        const { [outcome]: _dropped, ...others } = rules;
        return [
          <Checkbox
            key="on"
            size="xs"
            label={word}
            aria-label={`Retry after ${word}`}
            checked={rule !== undefined}
            onChange={(event) => (event.currentTarget.checked ? set({}) : onChange(others))}
            disabled={disabled}
          />,
          <DurationInput
            key="delay"
            label={`Delay after ${word}`}
            value={rule?.delay_seconds ?? 0}
            onChange={(delay_seconds) => set({ delay_seconds })}
            disabled={disabled || !rule}
            error={errorAt(`retry_rules.${outcome}.delay_seconds`)}
          />,
          <NumberInput
            key="tries"
            aria-label={`Tries after ${word}`}
            placeholder="no limit"
            value={rule?.tries ?? ''}
            onChange={(n) => set({ tries: n === '' ? null : Number(n) })}
            disabled={disabled || !rule}
            error={errorAt(`retry_rules.${outcome}.tries`)}
            allowDecimal={false}
            hideControls
            w={84}
          />,
        ];
      })}
    </div>
  );
}
