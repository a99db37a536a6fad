import { MantineProvider } from '@mantine/core';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { type FormSchema, SchemaForm } from './schema-form.js';

const Shape = z.object({
  region: z.enum(['eu', 'us_west']).default('eu').meta({ title: 'Region' }),
  days: z
    .number()
    .int()
    .nullable()
    .meta({ title: 'History', 'x-unit': 'days', 'x-empty': 'For ever' }),
  record: z.boolean().meta({ title: 'Record calls', description: 'Only where the law allows it.' }),
  talk_seconds: z.object({ min: z.number(), max: z.number() }).meta({ title: 'Talk time' }),
});

function Page({ seen, fixed }: { seen: unknown[]; fixed?: ReadonlyMap<string, string> }) {
  const [values, setValues] = useState<object>({
    days: 30,
    record: false,
    talk_seconds: { min: 10, max: 5 },
  });
  return (
    <MantineProvider env="test">
      <SchemaForm
        schema={z.toJSONSchema(Shape, { io: 'input' }) as FormSchema}
        values={values}
        onChange={(next) => {
          seen.push(next);
          setValues(next);
        }}
        errorAt={(path) => (path === 'talk_seconds' ? 'min must not be above max' : undefined)}
        {...(fixed && { fixed })}
      />
    </MantineProvider>
  );
}

it('a form from a schema has a field for each member, with its words, unit and default', () => {
  render(<Page seen={[]} />);
  expect(screen.getByRole<HTMLInputElement>('combobox', { name: 'Region' }).value).toBe('Eu');
  expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'History' }).value).toBe('30 days');
  expect(screen.getByText('Only where the law allows it.')).toBeTruthy();
  expect(screen.getByRole('group', { name: 'Talk time' })).toBeTruthy();
  expect(screen.getByRole('alert').textContent).toBe('min must not be above max');
});

it('an emptied field is null where the schema allows it, and a member of a group is changed alone', async () => {
  const user = userEvent.setup();
  const seen: unknown[] = [];
  render(<Page seen={seen} />);
  await user.clear(screen.getByRole('textbox', { name: 'History' }));
  expect(seen.at(-1)).toMatchObject({ days: null });
  await user.click(screen.getByLabelText(/Record calls/));
  await user.clear(screen.getByRole('textbox', { name: 'Max' }));
  await user.type(screen.getByRole('textbox', { name: 'Max' }), '40');
  expect(seen.at(-1)).toEqual({ days: null, record: true, talk_seconds: { min: 10, max: 40 } });
});

it('a value that is decided elsewhere cannot be edited, and the form says where', () => {
  render(<Page seen={[]} fixed={new Map([['days', 'Set in the environment']])} />);
  expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'History' }).disabled).toBe(true);
  expect(screen.getByText('Set in the environment')).toBeTruthy();
});
