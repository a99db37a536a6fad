import { Tabs } from '@mantine/core';
import { Navigate, useNavigate, useParams } from 'react-router';
import { PageHeader } from '../../../ui/page-header.js';
import { DeadEvents } from '../components/dead-events.js';
import { MockCrm } from '../components/mock-crm.js';
import { SuppressionList } from '../components/suppression-list.js';
import { SystemForm } from '../components/system-form.js';

const TABS = [
  { value: 'system', label: 'System', content: <SystemForm /> },
  { value: 'do-not-call', label: 'Do not call', content: <SuppressionList /> },
  { value: 'provider-events', label: 'Failed events', content: <DeadEvents /> },
  { value: 'mock-crm', label: 'Mock CRM', content: <MockCrm /> },
];

export function SettingsPage() {
  const { tab } = useParams();
  const navigate = useNavigate();
  if (!TABS.some((t) => t.value === tab)) return <Navigate to="/settings/system" replace />;
  return (
    <>
      <PageHeader
        title="Settings"
        description="How Outdial dials, whom it never calls, and what went wrong behind the scenes."
      />
      <Tabs
        value={tab ?? 'system'}
        onChange={(value) => void navigate(`/settings/${value}`)}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          {TABS.map(({ value, label }) => (
            <Tabs.Tab key={value} value={value}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {TABS.map(({ value, content }) => (
          <Tabs.Panel key={value} value={value}>
            {content}
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  );
}
