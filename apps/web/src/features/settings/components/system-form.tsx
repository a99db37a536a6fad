import {
  Alert,
  Button,
  Checkbox,
  Group,
  NumberInput,
  Paper,
  Select,
  SimpleGrid,
  Skeleton,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { ApiError } from '@outdial/client';
import type { Config, SystemSettings } from '@outdial/protocol';
import { type ReactNode, useState } from 'react';
import { useMay } from '../../../data/account-context.js';
import { useConfig } from '../../../data/use-config.js';
import { DialingFields } from '../../../ui/dialing-fields.js';
import { ErrorNote, ErrorState } from '../../../ui/error-state.js';
import { formatFullMoment } from '../../../ui/format-time.js';
import { notifyDone } from '../../../ui/notify.js';
import { useSaveConfig } from '../api/use-save-config.js';
import classes from './system-form.module.css';

const NOT_SAVED = 'Nothing was saved yet: the values marked in red do not fit.';

export function SystemForm() {
  const config = useConfig();
  if (config.data) {
    return <Form read={config.data} readAgain={async () => (await config.refetch()).data} />;
  }
  if (config.error) {
    return <ErrorState error={config.error} onRetry={() => void config.refetch()} />;
  }
  return <Skeleton height={420} radius="lg" aria-label="Loading settings" />;
}

/** Edits a copy of what was read, so that somebody else's save never changes what one is looking at. */
function Form({ read, readAgain }: { read: Config; readAgain: () => Promise<Config | undefined> }) {
  const save = useSaveConfig();
  const mayChange = useMay()('config.manage');
  const [base, setBase] = useState(read);
  const [settings, setSettings] = useState(read.settings);
  const isConflict = save.error instanceof ApiError && save.error.code === 'version_conflict';
  const errors = save.error instanceof ApiError ? save.error.errors : [];
  const errorAt = (path: string) =>
    errors.find((e) => e.field === `settings.${path}` || e.field === path)?.message;
  const isChanged = JSON.stringify(settings) !== JSON.stringify(base.settings);

  const take = (config: Config) => {
    setBase(config);
    setSettings(config.settings);
    save.reset();
  };
  const put = (version: number) =>
    save.mutate(
      { version, settings },
      {
        onSuccess: (config) => {
          setBase(config);
          setSettings(config.settings);
          notifyDone('The settings are saved. Sessions that run keep the ones they started with.');
        },
      },
    );

  const { dialing, imports, simulator, retention } = settings;
  const set = <K extends keyof SystemSettings>(key: K, change: Partial<SystemSettings[K]>) =>
    setSettings({ ...settings, [key]: { ...settings[key], ...change } });
  const number = (
    path: string,
    label: string,
    value: number | null,
    onChange: (n: number) => void,
  ) => (
    <NumberInput
      label={label}
      value={value ?? ''}
      disabled={value === null}
      onChange={(n) => onChange(Number(n) || 0)}
      error={errorAt(path)}
      hideControls
    />
  );

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        put(base.version);
      }}
    >
      <fieldset className={classes.fields} disabled={!mayChange}>
        {!mayChange && (
          <Text size="sm" c="dimmed">
            These are for you to see; an admin changes them.
          </Text>
        )}
        <Section title="Dialing" hint="For sessions and queues that do not say otherwise.">
          <SimpleGrid cols={{ base: 1, sm: 2 }} maw={520} mb="xs">
            {number('dialing.lines', 'Lines', dialing.lines, (lines) => set('dialing', { lines }))}
            <Select
              label="After a conversation"
              data={[
                { value: 'continue', label: 'Go on with the next lead' },
                { value: 'stop', label: 'Stop the session' },
              ]}
              value={dialing.after_connect}
              allowDeselect={false}
              onChange={(value) =>
                set('dialing', { after_connect: value === 'stop' ? 'stop' : 'continue' })
              }
            />
          </SimpleGrid>
          <DialingFields
            values={dialing}
            onChange={(values) => set('dialing', values)}
            errorAt={(path) => errorAt(`dialing.${path}`)}
          />
        </Section>
        <Section title="Imports" hint="For numbers without a country code.">
          <TextInput
            label="Default country"
            placeholder="None"
            maw={200}
            maxLength={2}
            value={imports.default_country ?? ''}
            onChange={(event) =>
              set('imports', { default_country: event.currentTarget.value.toUpperCase() || null })
            }
            error={errorAt('imports.default_country')}
          />
        </Section>
        <Section title="Simulator" hint="The phone network for demos and training.">
          <SimpleGrid cols={{ base: 2, md: 5 }}>
            <Select
              label="Profile"
              data={[
                { value: 'even', label: 'Even' },
                { value: 'realistic', label: 'Realistic' },
              ]}
              value={simulator.profile}
              allowDeselect={false}
              onChange={(value) =>
                set('simulator', { profile: value === 'realistic' ? 'realistic' : 'even' })
              }
            />
            {(
              [
                ['CONNECTED', 'Weight: connected'],
                ['NO_ANSWER', 'Weight: no answer'],
                ['BUSY', 'Weight: busy'],
                ['VOICEMAIL', 'Weight: voicemail'],
              ] as const
            ).map(([outcome, label]) => (
              <div key={outcome}>
                {number(
                  `simulator.weights.${outcome}`,
                  label,
                  simulator.weights[outcome],
                  (weight) =>
                    set('simulator', { weights: { ...simulator.weights, [outcome]: weight } }),
                )}
              </div>
            ))}
          </SimpleGrid>
          <SimpleGrid cols={{ base: 2, md: 4 }} mt="sm">
            {(
              [
                ['decide_seconds', 'Decided after (s)'],
                ['talk_seconds', 'Talk time (s)'],
              ] as const
            ).flatMap(([key, label]) =>
              (['min', 'max'] as const).map((end) => (
                <div key={`${key} ${end}`}>
                  {number(
                    `simulator.${key}.${end}`,
                    `${label}, ${end === 'min' ? 'least' : 'most'}`,
                    simulator[key][end],
                    (n) => set('simulator', { [key]: { ...simulator[key], [end]: n } }),
                  )}
                  {end === 'min' && errorAt(`simulator.${key}`) && (
                    <Text size="xs" c="rust">
                      {errorAt(`simulator.${key}`)}
                    </Text>
                  )}
                </div>
              )),
            )}
          </SimpleGrid>
        </Section>
        <Section title="Retention" hint="In days; what is older is deleted.">
          <SimpleGrid cols={{ base: 2, md: 4 }} style={{ alignItems: 'start' }}>
            {number(
              'retention.provider_events_days',
              'Provider events',
              retention.provider_events_days,
              (provider_events_days) => set('retention', { provider_events_days }),
            )}
            {number(
              'retention.imports_days',
              'Finished imports',
              retention.imports_days,
              (imports_days) => set('retention', { imports_days }),
            )}
            {number('retention.history_days', 'History', retention.history_days, (days) =>
              set('retention', { history_days: days }),
            )}
            <Checkbox
              mt={30}
              label="Keep history for ever"
              checked={retention.history_days === null}
              onChange={(event) =>
                set('retention', { history_days: event.currentTarget.checked ? null : 365 })
              }
            />
          </SimpleGrid>
        </Section>
        {/* What became of the save stands beside the button, wherever one has scrolled to. */}
        {mayChange && (
          <div className={classes.bar}>
            {isConflict ? (
              <Alert color="amber" title="Somebody saved newer settings meanwhile" role="alert">
                <Text size="sm" mb="xs">
                  Take theirs and make your changes again, or keep yours and save over theirs.
                </Text>
                <Group gap="xs">
                  <Button
                    size="xs"
                    variant="default"
                    onClick={async () => {
                      const newer = await readAgain();
                      if (newer) take(newer);
                    }}
                  >
                    Take theirs
                  </Button>
                  <Button
                    size="xs"
                    color="rust"
                    onClick={async () => {
                      const newer = await readAgain();
                      if (newer) put(newer.version);
                    }}
                  >
                    Save mine over theirs
                  </Button>
                </Group>
              </Alert>
            ) : (
              <ErrorNote error={save.error && errors.length > 0 ? NOT_SAVED : save.error} />
            )}
            <div className={classes.buttons}>
              <Text size="xs" c="dimmed">
                {base.version === 0 ? 'Never changed' : `Version ${base.version}`}
                {base.updated_at && `, saved ${formatFullMoment(base.updated_at)}`}
              </Text>
              <Group gap="xs">
                <Button
                  variant="default"
                  disabled={!isChanged}
                  onClick={() => setSettings(base.settings)}
                >
                  Undo changes
                </Button>
                <Button type="submit" disabled={!isChanged} loading={save.isPending}>
                  Save settings
                </Button>
              </Group>
            </div>
          </div>
        )}
      </fieldset>
    </form>
  );
}

function Section({ title, hint, children }: { title: string; hint: string; children: ReactNode }) {
  return (
    <Paper p="md" component="section" aria-label={title}>
      <Title order={2}>{title}</Title>
      <Text size="sm" c="dimmed" mb="sm">
        {hint}
      </Text>
      {children}
    </Paper>
  );
}
