import { Group, Loader, Stack, Text } from '@mantine/core';
import { IconFileSpreadsheet } from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { errorText } from '../../../data/error-text.js';
import { ErrorNote } from '../../../ui/error-state.js';
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

  const take = (dropped: File) => {
    setRefusal(null);
    setFile(dropped);
    preview.mutate(dropped);
  };
  const startOver = () => {
    setFile(null);
    preview.reset();
  };

  return (
    <>
      <PageHeader
        title="Import"
        description="Leads from a CSV file: one row per person, with a heading line."
      />
      {id ? (
        <ImportProgress id={id} />
      ) : file && preview.data ? (
        <MappingForm
          key={`${file.name} ${file.lastModified}`}
          file={file}
          preview={preview.data}
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
            accept=".csv,.tsv,.txt,text/csv"
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
                  Commas, semicolons or tabs; you see what is in it before anything is stored.
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
