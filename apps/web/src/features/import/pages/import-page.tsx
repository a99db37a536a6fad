import { Group, Loader, Stack, Text } from '@mantine/core';
import type { ImportPreview } from '@outdial/protocol';
import { IconFileSpreadsheet } from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { ErrorNote } from '../../../components/error-state.js';
import { errorText } from '../../../domain/error-text.js';
import { FileDrop } from '../../../ui/file-drop.js';
import { PageHeader } from '../../../ui/page-header.js';
import { usePreview } from '../api/use-preview.js';
import { EarlierImports } from '../components/earlier-imports.js';
import { ImportProgress } from '../components/import-progress.js';
import { MappingForm } from '../components/mapping-form.js';

/** A CSV becomes leads: drop it, say which column is what, watch it run. */
export function ImportPage() {
  const { id } = useParams();
  const navigate = useNavigate();
  const preview = usePreview();
  const [file, setFile] = useState<File | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);

  // What was read last stays while the file is read again, and when that fails.
  const [shown, setShown] = useState<ImportPreview | null>(null);
  if (preview.data && preview.data !== shown && file) setShown(preview.data);

  const take = (dropped: File) => {
    setRefusal(null);
    setShown(null);
    preview.reset();
    setFile(dropped);
    preview.mutate({ file: dropped, options: {} });
  };
  const startOver = () => {
    setFile(null);
    setShown(null);
    preview.reset();
  };

  return (
    <>
      <PageHeader title="Import" description="Leads from a CSV file: one row per person." />
      {id ? (
        <ImportProgress id={id} />
      ) : file && shown ? (
        <MappingForm
          // What was mapped by hand stays only as long as the columns do.
          key={`${file.name} ${file.lastModified} ${shown.columns.join('|')}`}
          file={file}
          preview={shown}
          rereading={preview.isPending}
          rereadError={preview.error}
          onReread={(options) => preview.mutate({ file, options })}
          onBack={startOver}
          onStarted={(importId) => {
            startOver();
            void navigate(`/import/${importId}`);
          }}
        />
      ) : (
        <Stack gap="sm">
          <FileDrop
            label="CSV file"
            accept=".csv,.tsv,.tab,.txt,text/csv,text/plain"
            busy={preview.isPending}
            onFile={take}
            onRefuse={() => setRefusal('One CSV file at a time, please.')}
          >
            <Group justify="center" gap="md">
              {preview.isPending ? (
                <Loader size={32} />
              ) : (
                <IconFileSpreadsheet size={36} stroke={1.3} aria-hidden />
              )}
              <div>
                <Text fw={600}>Drop a CSV file here, or click to choose one</Text>
                <Text size="sm" c="dimmed">
                  From any CRM or spreadsheet; you see what is in it before anything is stored.
                </Text>
              </div>
            </Group>
          </FileDrop>
          <ErrorNote error={refusal ?? (preview.error ? errorText(preview.error) : null)} />
        </Stack>
      )}
      <EarlierImports />
    </>
  );
}
