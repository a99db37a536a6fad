import { SimpleGrid, Stack } from '@mantine/core';
import { PageHeader } from '../../../ui/page-header.js';
import { AboutMe } from '../components/about-me.js';
import { PasswordForm } from '../components/password-form.js';
import { SecondFactor } from '../components/second-factor.js';
import { SignIns } from '../components/sign-ins.js';

/** What users may change about themselves. */
export function ProfilePage() {
  return (
    <>
      <PageHeader title="My profile" description="Your name, and how and where you sign in." />
      <Stack gap="lg">
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md" style={{ alignItems: 'start' }}>
          <Stack gap="md">
            <AboutMe />
            <SecondFactor />
          </Stack>
          <PasswordForm />
        </SimpleGrid>
        <SignIns />
      </Stack>
    </>
  );
}
