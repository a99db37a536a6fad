import {
  Button,
  Checkbox,
  Group,
  Modal,
  NumberInput,
  Select,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import type { Disposition } from '@outdial/protocol';
import { useState } from 'react';
import { DurationInput } from '../../../ui/duration-input.js';
import { COLOR_WORDS, COLORS, EFFECT_WORDS, EFFECTS, KEYS } from './disposition-words.js';
import classes from './dispositions.module.css';
import { codeFromLabel, findFormErrors } from './edit-dispositions.js';

interface DispositionDialogProps {
  /** What the form begins with. */
  initial: Disposition;
  /** The others of the set: labels, codes and keys that are taken. */
  others: readonly Disposition[];
  /** The code of a disposition that was saved before cannot change: calls are stored with it. */
  isNew: boolean;
  /** The only one that suppresses a person keeps that effect. */
  keepsEffect: boolean;
  onDone: (disposition: Disposition) => void;
  onClose: () => void;
}

const RETRY = { delay_seconds: 3600, tries: 3 };

/** Adds or changes one disposition of the draft; nothing is saved here. */
export function DispositionDialog(props: DispositionDialogProps) {
  const { initial, others, isNew, keepsEffect, onDone, onClose } = props;
  const [draft, setDraft] = useState(initial);
  const [ownCode, setOwnCode] = useState(false);
  const [showsErrors, setShowsErrors] = useState(false);
  const set = (change: Partial<Disposition>) => setDraft({ ...draft, ...change });
  const errors = findFormErrors(others, draft);
  const shown = showsErrors ? errors : {};
  const { retry } = draft;
  return (
    <Modal
      opened
      onClose={onClose}
      title={isNew ? 'Add a disposition' : `Change “${initial.label}”`}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setShowsErrors(true);
          if (Object.keys(errors).length === 0) onDone({ ...draft, label: draft.label.trim() });
        }}
      >
        <Stack gap="sm">
          <TextInput
            label="Label"
            data-autofocus
            maxLength={60}
            value={draft.label}
            error={shown.label}
            onChange={({ currentTarget: { value: label } }) =>
              set(isNew && !ownCode ? { label, code: codeFromLabel(others, label) } : { label })
            }
          />
          <TextInput
            label="Code"
            description={
              isNew
                ? 'For filters, exports and the API. It cannot change later.'
                : 'It cannot change: calls are stored with it.'
            }
            maxLength={50}
            disabled={!isNew}
            value={draft.code}
            error={shown.code}
            onChange={({ currentTarget: { value } }) => {
              setOwnCode(true);
              set({ code: value });
            }}
          />
          <Select
            label="Effect"
            description={
              keepsEffect
                ? 'It cannot change: agents need one disposition with this effect.'
                : EFFECT_WORDS[draft.effect].hint
            }
            data={EFFECTS.map((value) => ({ value, label: EFFECT_WORDS[value].label }))}
            value={draft.effect}
            allowDeselect={false}
            disabled={keepsEffect}
            onChange={(value) => {
              const effect = EFFECTS.find((each) => each === value) ?? draft.effect;
              set({ effect, retry: effect === 'keep' ? retry : null });
            }}
          />
          {draft.effect === 'keep' && (
            <Checkbox
              label="Own retry instead of the outcome’s rule"
              checked={retry !== null}
              onChange={(event) => set({ retry: event.currentTarget.checked ? RETRY : null })}
            />
          )}
          {retry !== null && (
            <Group gap="md" align="flex-start">
              <div>
                <Text size="sm" fw={500}>
                  Call again after
                </Text>
                <DurationInput
                  label="Call again after"
                  value={retry.delay_seconds}
                  onChange={(seconds) => set({ retry: { ...retry, delay_seconds: seconds } })}
                />
              </div>
              <NumberInput
                label="Calls at most"
                placeholder="No limit"
                w={120}
                min={1}
                max={50}
                allowDecimal={false}
                value={retry.tries ?? ''}
                onChange={(tries) =>
                  set({ retry: { ...retry, tries: tries === '' ? null : Number(tries) } })
                }
              />
            </Group>
          )}
          <SimpleGrid cols={2}>
            <Select
              label="Color"
              data={COLORS.map((value) => ({ value, label: COLOR_WORDS[value] }))}
              value={draft.color}
              allowDeselect={false}
              leftSection={
                <span className={`${classes.swatch} ${classes.colors}`} data-color={draft.color} />
              }
              renderOption={({ option }) => (
                <Group gap={8}>
                  <span
                    className={`${classes.swatch} ${classes.colors}`}
                    data-color={option.value}
                  />
                  {option.label}
                </Group>
              )}
              onChange={(value) =>
                set({ color: COLORS.find((each) => each === value) ?? draft.color })
              }
            />
            <Select
              label="Key"
              placeholder="None"
              clearable
              clearButtonProps={{ 'aria-label': 'Remove the key' }}
              data={KEYS.map((value) => {
                const owner = others.find(({ key }) => key === value);
                return {
                  value,
                  label: owner ? `${value} (${owner.label})` : value,
                  disabled: owner !== undefined,
                };
              })}
              value={draft.key}
              onChange={(key) => set({ key })}
            />
          </SimpleGrid>
          <Group justify="flex-end" gap="xs" mt="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit">{isNew ? 'Add' : 'Apply'}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
