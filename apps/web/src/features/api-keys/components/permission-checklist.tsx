import { Checkbox } from '@mantine/core';
import { PERMISSIONS, type Permission } from '@outdial/protocol';
import { useMay } from '../../../data/account-context.js';
import { GOES_WITH, PERMISSION_GROUPS } from '../../../domain/permission-groups.js';
import classes from './permission-checklist.module.css';

interface PermissionChecklistProps {
  chosen: ReadonlySet<Permission>;
  onChange: (chosen: ReadonlySet<Permission>) => void;
}

/** What the program may do: no more than the user who makes its key. */
export function PermissionChecklist({ chosen, onChange }: PermissionChecklistProps) {
  const may = useMay();
  const set = (permission: Permission, isChosen: boolean) => {
    const next = new Set(chosen);
    if (!isChosen) next.delete(permission);
    else for (const each of [permission, ...(GOES_WITH[permission] ?? [])]) next.add(each);
    onChange(next);
  };
  return (
    <div className={classes.groups}>
      {PERMISSION_GROUPS.map(({ heading, permissions }) => {
        const offered = permissions.filter((permission) => may(permission));
        if (offered.length === 0) return null;
        return (
          <fieldset key={heading} className={classes.group}>
            <legend>{heading}</legend>
            {offered.map((permission) => (
              <Checkbox
                key={permission}
                size="xs"
                label={PERMISSIONS[permission]}
                description={permission}
                checked={chosen.has(permission)}
                onChange={(event) => set(permission, event.currentTarget.checked)}
              />
            ))}
          </fieldset>
        );
      })}
    </div>
  );
}
