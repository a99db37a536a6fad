import {
  Fieldset,
  NumberInput,
  Select,
  SimpleGrid,
  Switch,
  TagsInput,
  Text,
  TextInput,
} from '@mantine/core';
import type { ReactNode } from 'react';

/** The part of JSON Schema that a form is made from. `title` is the label, `description` the hint. */
export interface FormSchema {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  /** How the values of `enum` read, in their order; left out: the value itself, with spaces. */
  readonly 'x-enum-titles'?: readonly string[];
  readonly anyOf?: readonly FormSchema[];
  readonly properties?: Readonly<Record<string, FormSchema>>;
  readonly items?: FormSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly default?: unknown;
  /** What a number counts, such as `days`; shown after it. */
  readonly 'x-unit'?: string;
  /** What an empty field means, shown in it; only where the value may be null. */
  readonly 'x-empty'?: string;
  /** Letters are entered as capitals. */
  readonly 'x-uppercase'?: boolean;
}

type Values = Readonly<Record<string, unknown>>;

interface SchemaFormProps<V extends object> {
  schema: FormSchema;
  values: V;
  onChange: (values: V) => void;
  /** What the server says of a value, by its path below these, such as `talk_seconds.min`; also of a whole list or group. */
  errorAt: (path: string) => string | undefined;
  /** Names at the top that are decided elsewhere, with where, such as "Set in the environment". */
  fixed?: ReadonlyMap<string, string>;
  columns?: number;
}

/** The fields for every member of an object's schema, in its order. The caller has the form, its buttons and what is saved. */
export function SchemaForm<V extends object>({
  schema,
  values,
  onChange,
  errorAt,
  fixed,
  columns = 2,
}: SchemaFormProps<V>) {
  const given = values as Values;
  return (
    <SimpleGrid cols={{ base: 1, sm: columns }} style={{ alignItems: 'start' }}>
      {Object.entries(schema.properties ?? {}).map(([name, member]) => (
        <Field
          key={name}
          name={name}
          schema={member}
          value={given[name] === undefined ? member.default : given[name]}
          onChange={(value) => onChange({ ...values, [name]: value })}
          errorAt={errorAt}
          path={name}
          fixedBy={fixed?.get(name)}
        />
      ))}
    </SimpleGrid>
  );
}

interface FieldProps {
  name: string;
  schema: FormSchema;
  value: unknown;
  onChange: (value: unknown) => void;
  errorAt: (path: string) => string | undefined;
  path: string;
  fixedBy: string | undefined;
}

function Field({ name, schema: written, value, onChange, errorAt, path, fixedBy }: FieldProps) {
  const { schema, isNullable } = withoutNull(written);
  const label = schema.title ?? inWords(name);
  const common = {
    label,
    description: fixedBy ?? schema.description,
    error: errorAt(path),
    disabled: fixedBy !== undefined,
  };
  const empty = isNullable ? (schema['x-empty'] ?? 'None') : undefined;

  if (schema.enum) {
    return (
      <Select
        {...common}
        data={schema.enum.map((one, i) => ({
          value: String(one),
          label: schema['x-enum-titles']?.[i] ?? inWords(String(one)),
        }))}
        value={value === null || value === undefined ? null : String(value)}
        placeholder={empty}
        allowDeselect={isNullable}
        clearable={isNullable}
        onChange={(chosen) => onChange(schema.enum?.find((one) => String(one) === chosen) ?? null)}
      />
    );
  }
  switch (schema.type) {
    case 'boolean':
      return (
        <Switch
          {...common}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'integer':
    case 'number':
      return (
        <NumberInput
          {...common}
          value={typeof value === 'number' ? value : ''}
          placeholder={empty}
          allowDecimal={schema.type === 'number'}
          suffix={schema['x-unit'] === undefined ? '' : ` ${schema['x-unit']}`}
          clampBehavior="none"
          hideControls
          onChange={(n) => onChange(n === '' ? (isNullable ? null : undefined) : Number(n))}
        />
      );
    case 'array':
      return (
        <TagsInput
          {...common}
          error={errorBelow(errorAt, path, value)}
          splitChars={[',', ' ', ';']}
          value={Array.isArray(value) ? value.map(String) : []}
          onChange={(tags) => {
            const entered = schema.items?.['x-uppercase']
              ? tags.map((tag) => tag.toUpperCase())
              : tags;
            onChange([...new Set(entered)]);
          }}
        />
      );
    case 'object':
      return (
        <Group legend={label} hint={common.description} error={errorAt(path)}>
          <SchemaForm
            schema={schema}
            values={isValues(value) ? value : {}}
            onChange={onChange}
            errorAt={(below) => errorAt(`${path}.${below}`)}
            {...(fixedBy !== undefined && { fixed: allFixed(schema, fixedBy) })}
          />
        </Group>
      );
    default:
      return (
        <TextInput
          {...common}
          value={typeof value === 'string' ? value : ''}
          placeholder={empty}
          {...(schema.maxLength !== undefined && { maxLength: schema.maxLength })}
          onChange={(event) => {
            const typed = event.currentTarget.value;
            const text = schema['x-uppercase'] ? typed.toUpperCase() : typed;
            onChange(text === '' && isNullable ? null : text);
          }}
        />
      );
  }
}

function Group({
  legend,
  hint,
  error,
  children,
}: {
  legend: string;
  hint: string | undefined;
  error: string | undefined;
  children: ReactNode;
}) {
  return (
    <Fieldset legend={legend}>
      {hint && (
        <Text size="xs" c="dimmed" mb="xs">
          {hint}
        </Text>
      )}
      {children}
      {error && (
        <Text size="xs" c="rust" role="alert" mt="xs">
          {error}
        </Text>
      )}
    </Fieldset>
  );
}

/** Of a list: of the list itself, or of any of its values. */
function errorBelow(errorAt: (path: string) => string | undefined, path: string, value: unknown) {
  const length = Array.isArray(value) ? value.length : 0;
  return Array.from({ length }, (_, i) => errorAt(`${path}.${i}`)).find(Boolean) ?? errorAt(path);
}

/** `anyOf` of a shape and null is that shape, which may be left empty. Words of the whole win over words of the shape. */
function withoutNull(schema: FormSchema): { schema: FormSchema; isNullable: boolean } {
  const { anyOf, ...rest } = schema;
  const shape = anyOf?.find((one) => one.type !== 'null');
  if (!shape) return { schema, isNullable: false };
  return { schema: { ...shape, ...rest }, isNullable: anyOf?.length !== 1 };
}

const isValues = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const allFixed = (schema: FormSchema, by: string) =>
  new Map(Object.keys(schema.properties ?? {}).map((name) => [name, by]));

/** `calls_per_day` as `Calls per day`; for a shape that names no title. */
function inWords(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
