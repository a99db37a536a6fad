import {
  Button,
  Group,
  Modal,
  NumberInput,
  Select,
  SimpleGrid,
  Stack,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import type { Lead } from '@outdial/protocol';
import { useState } from 'react';
import { ErrorNote } from '../../../components/error-state.js';
import { notifyDone } from '../../../components/notify.js';
import { problemInForm } from '../../../components/problem-in-form.js';
import { useQueues } from '../../../data/use-queues.js';
import { useSaveLead } from '../api/use-save-lead.js';

interface LeadFormProps {
  isOpen: boolean;
  onClose: () => void;
  /** Left out: a new one. */
  lead?: Lead;
}

export function LeadFormDialog({ isOpen, onClose, lead }: LeadFormProps) {
  return (
    <Modal opened={isOpen} onClose={onClose} title={lead ? 'Edit lead' : 'Add a lead'} size="lg">
      <LeadForm onClose={onClose} lead={lead} />
    </Modal>
  );
}

/** One a line: "Mobile: +1 202 555 0111", or the number alone. */
const toLines = (lead: Lead | undefined): string =>
  (lead?.further_phone_numbers ?? [])
    .map(({ phone_number, label }) => (label === null ? phone_number : `${label}: ${phone_number}`))
    .join('\n');

const fromLines = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const at = line.indexOf(':');
      const label = at < 0 ? null : line.slice(0, at).trim() || null;
      return { phone_number: line.slice(at + 1).trim(), label };
    });

const orNull = (text: string) => (text.trim() === '' ? null : text.trim());

/** What a field may hold is the server's business; its objections are shown at the fields. */
function LeadForm({ onClose, lead }: { onClose: () => void; lead: Lead | undefined }) {
  const queues = useQueues();
  const save = useSaveLead(lead?.id ?? null);
  const [failure, setFailure] = useState<string | null>(null);
  const form = useForm({
    initialValues: {
      name: lead?.name ?? '',
      phone_number: lead?.phone_number ?? '',
      further_phone_numbers: toLines(lead),
      job_title: lead?.job_title ?? '',
      company: lead?.company ?? '',
      email: lead?.email ?? '',
      headcount: lead?.headcount ?? '',
      industry: lead?.industry ?? '',
      time_zone: lead?.time_zone ?? '',
      score: lead?.score ?? 0,
      queue_id: null as string | null,
    },
  });

  const submit = form.onSubmit((values) => {
    setFailure(null);
    save.mutate(
      {
        name: values.name,
        phone_number: values.phone_number,
        ...(values.further_phone_numbers === toLines(lead)
          ? {}
          : { further_phone_numbers: fromLines(values.further_phone_numbers) }),
        job_title: orNull(values.job_title),
        company: orNull(values.company),
        email: orNull(values.email),
        headcount: orNull(values.headcount),
        industry: orNull(values.industry),
        time_zone: orNull(values.time_zone),
        score: Number(values.score) || 0,
        ...(values.queue_id ? { queue_id: values.queue_id } : {}),
      },
      {
        onSuccess: (result) => {
          notifyDone(lead ? `${result.lead.name} is saved.` : `${result.lead.name} is added.`);
          onClose();
        },
        onError: (error) => setFailure(problemInForm(form, error)),
      },
    );
  });

  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <SimpleGrid cols={2} spacing="sm" verticalSpacing="sm">
          <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
          <TextInput
            label="Phone number"
            required
            placeholder="+1 202 555 0110"
            {...form.getInputProps('phone_number')}
          />
          <Textarea
            label="Further numbers"
            description="One a line; never dialed by themselves"
            placeholder="Mobile: +1 202 555 0111"
            autosize
            {...form.getInputProps('further_phone_numbers')}
          />
          <TextInput label="Job title" {...form.getInputProps('job_title')} />
          <TextInput label="Company" {...form.getInputProps('company')} />
          <TextInput label="Email" type="email" {...form.getInputProps('email')} />
          <TextInput label="Industry" {...form.getInputProps('industry')} />
          <TextInput label="Headcount" placeholder="51-200" {...form.getInputProps('headcount')} />
          <TextInput
            label="Time zone"
            placeholder="From the number"
            {...form.getInputProps('time_zone')}
          />
          <NumberInput
            label="Score"
            description="Higher is called sooner"
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            allowDecimal={false}
            {...form.getInputProps('score')}
          />
          {!lead && (
            <Select
              label="Queue"
              placeholder="None"
              clearable
              data={queues.data?.queues.map((q) => ({ value: q.id, label: q.name })) ?? []}
              {...form.getInputProps('queue_id')}
            />
          )}
        </SimpleGrid>
        <ErrorNote error={failure} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending}>
            {lead ? 'Save' : 'Add lead'}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
