import { Alert, Button, Group, Paper, Skeleton, Text, Title } from '@mantine/core';
import { ApiError } from '@outdial/client';
import { type Config, SystemSettings } from '@outdial/protocol';
import { type ReactNode, useState } from 'react';
import { z } from 'zod';
import { DialingFields } from '../../../components/dialing-fields.js';
import { ErrorNote, ErrorState } from '../../../components/error-state.js';
import { notifyDone } from '../../../components/notify.js';
import { useMay } from '../../../data/account-context.js';
import { useConfig } from '../../../data/use-config.js';
import { formatFullMoment } from '../../../domain/format-time.js';
import { type FormSchema, SchemaForm } from '../../../ui/schema-form.js';
import { useSaveConfig } from '../api/use-save-config.js';
import { CrmRecordFields } from './crm-record-fields.js';
import classes from './system-form.module.css';

const schemaOf = (shape: z.ZodType) => z.toJSONSchema(shape, { io: 'input' }) as FormSchema;

/** The parts of the settings whose form the shape describes whole. */
const SCHEMAS = {
  session: schemaOf(SystemSettings.shape.dialing.pick({ lines: true, after_connect: true })),
  imports: schemaOf(SystemSettings.shape.imports),
  retention: schemaOf(SystemSettings.shape.retention),
};

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

/** Edits a copy of what was read, so that another person's save never changes the form. */
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

  const { dialing, crm } = settings;
  const set = <K extends keyof SystemSettings>(key: K, change: Partial<SystemSettings[K]>) =>
    setSettings({ ...settings, [key]: { ...settings[key], ...change } });

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
            Only an admin can change these settings.
          </Text>
        )}
        <Section title="Dialing" hint="Defaults. A queue can override them.">
          <SchemaForm
            schema={SCHEMAS.session}
            values={dialing}
            onChange={(values) => set('dialing', values)}
            errorAt={(path) => errorAt(`dialing.${path}`)}
          />
          <DialingFields
            values={dialing}
            onChange={(values) => set('dialing', values)}
            errorAt={(path) => errorAt(`dialing.${path}`)}
          />
        </Section>
        <Section title="Imports" hint="For numbers without a country code.">
          <SchemaForm
            schema={SCHEMAS.imports}
            values={settings.imports}
            onChange={(imports) => set('imports', imports)}
            errorAt={(path) => errorAt(`imports.${path}`)}
          />
        </Section>
        <Section
          title="CRM records"
          hint="What is written into the CRM for a call without an agent's disposition or note. A call with one is always logged as the agent entered it."
        >
          <CrmRecordFields
            records={crm.records}
            presets={base.crm_record_presets}
            onChange={(records) => set('crm', { records })}
            errorAt={(path) => errorAt(`crm.records.${path}`)}
          />
        </Section>
        <Section title="Retention" hint="Older records are deleted.">
          <SchemaForm
            schema={SCHEMAS.retention}
            values={settings.retention}
            onChange={(retention) => set('retention', retention)}
            errorAt={(path) => errorAt(`retention.${path}`)}
            columns={3}
          />
        </Section>
        {/* What became of the save stands beside the button, wherever one has scrolled to. */}
        {mayChange && (
          <div className={classes.bar}>
            {isConflict ? (
              <Alert color="amber" title="Another person saved newer settings" role="alert">
                <Text size="sm" mb="xs">
                  Load their settings and repeat your changes, or replace theirs with yours.
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
                    Load theirs
                  </Button>
                  <Button
                    size="xs"
                    color="rust"
                    onClick={async () => {
                      const newer = await readAgain();
                      if (newer) put(newer.version);
                    }}
                  >
                    Replace with mine
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
