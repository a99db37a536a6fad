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
import { DialingSettings, type Outcome } from '@outdial/protocol';
import type { ReactNode } from 'react';
import { OUTCOME_WORDS } from '../domain/catalogue/words.js';
import { DurationInput } from '../ui/duration-input.js';
import classes from './dialing-fields.module.css';

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

const TIMES = [
  'delay_seconds',
  'wrap_up_seconds',
  'ring_seconds',
  'patience_seconds',
  'pause_when_away_seconds',
] as const;

/** Label and hint of a time, as its shape has them. */
const wordsOf = (key: (typeof TIMES)[number]) => {
  const { title = key, description = '' } = DialingSettings.shape[key].meta() ?? {};
  return [title, description] as const;
};

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
          label="Override"
          aria-label={`Override ${label}`}
          checked={own.has(key)}
          onChange={(event) => onOwn?.(key, event.currentTarget.checked)}
        />
      )}
    </div>
  );
  const window = values.calling_window;
  const setWindow = (change: Partial<typeof window>) =>
    onChange({ ...values, calling_window: { ...window, ...change } });
  const limits = values.contact_limits;
  const setLimits = (change: Partial<typeof limits>) =>
    onChange({ ...values, contact_limits: { ...limits, ...change } });
  return (
    <div>
      {TIMES.map((key) => {
        const [label, hint] = wordsOf(key);
        return row(
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
        );
      })}
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
          <EnforcePicker
            label="Enforce the calling window"
            value={window.enforce}
            onChange={(enforce) => setWindow({ enforce })}
            disabled={isFixed('calling_window')}
          />
        </Stack>,
        true,
      )}
      {row(
        'contact_limits',
        'Calls to one number',
        'In all queues: the shortest time between two calls, and the most calls a day in the lead’s time zone',
        <Stack gap={8}>
          <Group gap={8} align="flex-start">
            <DurationInput
              label="Gap between two calls to a number"
              value={limits.gap_seconds}
              onChange={(gap_seconds) => setLimits({ gap_seconds })}
              disabled={isFixed('contact_limits')}
              error={errorAt('contact_limits.gap_seconds')}
            />
            <NumberInput
              aria-label="Calls to a number a day"
              suffix=" a day"
              value={limits.calls_per_day}
              onChange={(n) => setLimits({ calls_per_day: Number(n) })}
              disabled={isFixed('contact_limits')}
              error={errorAt('contact_limits.calls_per_day')}
              allowDecimal={false}
              hideControls
              min={1}
              w={96}
            />
          </Group>
          <EnforcePicker
            label="Enforce gap and calls a day"
            value={limits.enforce}
            onChange={(enforce) => setLimits({ enforce })}
            disabled={isFixed('contact_limits')}
          />
        </Stack>,
        true,
      )}
      {row(
        'retry_rules',
        'Retries',
        'After which outcomes a lead is called again, how soon, and how often',
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

/** Where a rule that protects people holds. With real phones it always does: null and false mean the same. */
function EnforcePicker({
  label,
  value,
  onChange,
  disabled,
}: {
  label: string;
  value: boolean | null;
  onChange: (enforce: boolean | null) => void;
  disabled: boolean;
}) {
  return (
    <SegmentedControl
      aria-label={label}
      size="xs"
      w="fit-content"
      disabled={disabled}
      value={value === true ? 'always' : 'real'}
      onChange={(next) => onChange(next === 'always' ? true : null)}
      data={[
        { value: 'real', label: 'With real phones' },
        { value: 'always', label: 'In practice calls too' },
      ]}
    />
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
      <span>Call again after</span>
      <span>Tries</span>
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
