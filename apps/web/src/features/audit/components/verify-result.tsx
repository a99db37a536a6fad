import { Alert, Code, List, Text } from '@mantine/core';
import type { AuditVerification } from '@outdial/protocol';
import { IconAlertTriangle, IconShieldCheck } from '@tabler/icons-react';
import { count } from '../../../domain/catalogue/words.js';

interface VerifyResultProps {
  result: AuditVerification;
  onClose: () => void;
}

/** Whether the log is as it was written. What it ends with is worth noting elsewhere: who can alter the whole log cannot alter that. */
export function VerifyResult({ result, onClose }: VerifyResultProps) {
  const { ok, entries, head, findings, findings_total: total } = result;
  return (
    <Alert
      role="status"
      mb="md"
      color={ok ? 'signal' : 'rust'}
      variant="light"
      icon={ok ? <IconShieldCheck size={18} /> : <IconAlertTriangle size={18} />}
      title={
        ok
          ? `Log verified: ${count(entries, 'entry', 'entries')}, each as it was written`
          : `The log was tampered with, or is damaged: ${count(total, 'finding')}`
      }
      withCloseButton
      closeButtonLabel="Close"
      onClose={onClose}
    >
      {findings.length > 0 && (
        <List size="sm" mb="xs">
          {findings.map((finding) => (
            <List.Item key={`${finding.seq} ${finding.problem}`}>{finding.message}</List.Item>
          ))}
        </List>
      )}
      {head && (
        <Text size="sm">
          Its end is{' '}
          <Code fz="xs" style={{ overflowWrap: 'anywhere' }}>
            {head.seq}:{head.hash}
          </Code>
          {ok && '. Noted elsewhere, it proves later that nothing before it was changed.'}
        </Text>
      )}
    </Alert>
  );
}
