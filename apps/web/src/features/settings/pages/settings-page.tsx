import { Tabs } from '@mantine/core';
import type { Permission } from '@outdial/protocol';
import type { ReactNode } from 'react';
import { Navigate, useNavigate, useParams } from 'react-router';
import { useMay } from '../../../data/account-context.js';
import { PageHeader } from '../../../ui/page-header.js';
import { CrmContents } from '../components/crm-contents.js';
import { DeadEvents } from '../components/dead-events.js';
import { SuppressionList } from '../components/suppression-list.js';
import { SystemForm } from '../components/system-form.js';
import { ConnectionSettings } from '../connections/connection-settings.js';
import { DispositionSettings } from '../dispositions/disposition-settings.js';

const TABS: ReadonlyArray<{
  value: string;
  label: string;
  content: ReactNode;
  oneOf: readonly Permission[];
}> = [
  { value: 'system', label: 'System', content: <SystemForm />, oneOf: ['config.read'] },
  {
    value: 'dispositions',
    label: 'Dispositions',
    content: <DispositionSettings />,
    oneOf: ['dispositions.manage'],
  },
  {
    value: 'do-not-call',
    label: 'Do not call',
    content: <SuppressionList />,
    oneOf: ['suppressions.add', 'suppressions.read'],
  },
  {
    value: 'connections',
    label: 'Connections',
    content: <ConnectionSettings />,
    oneOf: ['connections.manage'],
  },
  {
    value: 'provider-events',
    label: 'Failed events',
    content: <DeadEvents />,
    oneOf: ['operations.manage'],
  },
  { value: 'crm', label: 'CRM', content: <CrmContents />, oneOf: ['crm.read'] },
];

export function SettingsPage() {
  const { tab } = useParams();
  const navigate = useNavigate();
  const may = useMay();
  const tabs = TABS.filter(({ oneOf }) => may(...oneOf));
  const [first] = tabs;
  if (!tabs.some((t) => t.value === tab)) {
    return first ? <Navigate to={`/settings/${first.value}`} replace /> : null;
  }
  return (
    <>
      <PageHeader
        title="Settings"
        description="How Outdial dials, and which numbers it never calls."
      />
      <Tabs
        value={tab ?? null}
        onChange={(value) => void navigate(`/settings/${value}`)}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          {tabs.map(({ value, label }) => (
            <Tabs.Tab key={value} value={value}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tabs.map(({ value, content }) => (
          <Tabs.Panel key={value} value={value}>
            {content}
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  );
}
