import { ActionIcon, CopyButton, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import classes from './copy-field.module.css';

interface CopyFieldProps {
  /** What it is, such as `API key`. */
  label: string;
  value: string;
}

/** Something that goes elsewhere as it is, such as a secret that the server tells one time only. */
export function CopyField({ label, value }: CopyFieldProps) {
  return (
    <div className={classes.field}>
      <output aria-label={label}>{value}</output>
      <CopyButton value={value} timeout={2_000}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? 'Copied' : 'Copy'} {...(copied && { opened: true })}>
            <ActionIcon
              variant="default"
              size="lg"
              aria-label={copied ? `${label} copied` : `Copy the ${label}`}
              {...(copied && { c: 'signal' })}
              onClick={copy}
            >
              {copied ? <IconCheck size={17} /> : <IconCopy size={17} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </div>
  );
}
