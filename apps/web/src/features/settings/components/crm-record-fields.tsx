import { Button, Group, Switch, Table, Text, TextInput } from '@mantine/core';
import { type Config, OUTCOMES, type SystemSettings } from '@outdial/protocol';
import { CRM_PRESET_WORDS, OUTCOME_WORDS } from '../../../domain/catalogue/words.js';

type Records = SystemSettings['crm']['records'];

/** What is written into the CRM for a call without disposition or note, outcome by outcome. */
export function CrmRecordFields({
  records,
  presets,
  onChange,
  errorAt,
}: {
  records: Records;
  presets: Config['crm_record_presets'];
  onChange: (records: Records) => void;
  errorAt: (path: string) => string | undefined;
}) {
  return (
    <>
      <Group gap="xs" mb="sm">
        {presets.map((preset) => (
          <Button
            key={preset.code}
            size="xs"
            variant="default"
            disabled={JSON.stringify(preset.records) === JSON.stringify(records)}
            onClick={() => onChange(preset.records)}
          >
            {CRM_PRESET_WORDS[preset.code]}
          </Button>
        ))}
        <Text size="xs" c="dimmed">
          The truthful set claims no conversation and no message that is not proven, and does not
          log rings that the dialer canceled.
        </Text>
      </Group>
      <Table.ScrollContainer minWidth={680}>
        <Table verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={160}>Outcome</Table.Th>
              <Table.Th w={230}>Disposition</Table.Th>
              <Table.Th>Note</Table.Th>
              <Table.Th w={90}>Logged</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {OUTCOMES.map((outcome) => {
              const record = records[outcome];
              const name = OUTCOME_WORDS[outcome];
              const change = (part: Partial<typeof record>) =>
                onChange({ ...records, [outcome]: { ...record, ...part } });
              return (
                <Table.Tr key={outcome}>
                  <Table.Td>{name}</Table.Td>
                  <Table.Td>
                    <TextInput
                      aria-label={`Disposition: ${name}`}
                      value={record.disposition}
                      maxLength={100}
                      disabled={!record.logged}
                      error={errorAt(`${outcome}.disposition`)}
                      onChange={(event) => change({ disposition: event.currentTarget.value })}
                    />
                  </Table.Td>
                  <Table.Td>
                    <TextInput
                      aria-label={`Note: ${name}`}
                      value={record.note}
                      maxLength={500}
                      disabled={!record.logged}
                      error={errorAt(`${outcome}.note`)}
                      onChange={(event) => change({ note: event.currentTarget.value })}
                    />
                  </Table.Td>
                  <Table.Td>
                    <Switch
                      aria-label={`Log calls: ${name}`}
                      checked={record.logged}
                      onChange={(event) => change({ logged: event.currentTarget.checked })}
                    />
                  </Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </>
  );
}
