import { ActionIcon, Menu } from '@mantine/core';
import type { User } from '@outdial/protocol';
import {
  IconDots,
  IconLogout,
  IconPassword,
  IconPencil,
  IconShieldOff,
  IconUserCheck,
  IconUserOff,
} from '@tabler/icons-react';
import { useAccount } from '../../../data/account-context.js';
import { confirm } from '../../../ui/confirm.js';
import { useChangeUser } from '../api/use-change-user.js';
import { useResetPassword } from '../api/use-reset-password.js';
import type { GivenPassword } from './one-time-password.js';

interface UserMenuProps {
  user: User;
  onEdit: () => void;
  onPassword: (given: GivenPassword) => void;
}

/** What an admin does with one account. What concerns one’s own is on the profile page. */
export function UserMenu({ user, onEdit, onPassword }: UserMenuProps) {
  const { user: me } = useAccount();
  const change = useChangeUser();
  const reset = useResetPassword();
  const isMe = user.id === me.id;
  const isDisabled = user.disabled_at !== null;
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Actions for ${user.name}`}
          loading={change.isPending || reset.isPending}
        >
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil size={14} />} onClick={onEdit}>
          Edit
        </Menu.Item>
        {!isMe && (
          <>
            <Menu.Item
              leftSection={<IconPassword size={14} />}
              onClick={() =>
                confirm({
                  title: `A new password for ${user.name}?`,
                  children:
                    'The present one stops working, and they are signed out everywhere. You get a password for one time to give to them.',
                  confirm: 'Make a password',
                  cancel: 'Cancel',
                  onConfirm: () =>
                    reset.mutate(user.id, {
                      onSuccess: (result) => {
                        if (result.one_time_password !== undefined) {
                          onPassword({
                            user: result.user,
                            password: result.one_time_password,
                            apiKeys: result.api_keys,
                          });
                        }
                      },
                    }),
                })
              }
            >
              Reset password
            </Menu.Item>
            {user.has_second_factor && (
              <Menu.Item
                leftSection={<IconShieldOff size={14} />}
                onClick={() =>
                  confirm({
                    title: `Remove the second factor of ${user.name}?`,
                    children:
                      'For a person who lost their phone and their recovery codes. Until they set it up again, they sign in with the password alone.',
                    confirm: 'Remove second factor',
                    onConfirm: () => change.mutate({ id: user.id, change: 'remove second factor' }),
                  })
                }
              >
                Remove second factor
              </Menu.Item>
            )}
            <Menu.Item
              leftSection={<IconLogout size={14} />}
              onClick={() => change.mutate({ id: user.id, change: 'sign out' })}
            >
              Sign out everywhere
            </Menu.Item>
            <Menu.Divider />
            {isDisabled ? (
              <Menu.Item
                leftSection={<IconUserCheck size={14} />}
                onClick={() => change.mutate({ id: user.id, change: 'enable' })}
              >
                Let in again
              </Menu.Item>
            ) : (
              <Menu.Item
                color="rust"
                leftSection={<IconUserOff size={14} />}
                onClick={() =>
                  confirm({
                    title: `Disable ${user.name}?`,
                    children:
                      'They are signed out at once and cannot sign in until you let them in again. What they did stays.',
                    confirm: 'Disable',
                    onConfirm: () => change.mutate({ id: user.id, change: 'disable' }),
                  })
                }
              >
                Disable
              </Menu.Item>
            )}
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
