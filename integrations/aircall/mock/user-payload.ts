import { availabilityOf, type MockUser } from './users.js';

/** The flag of the working hours, which stays true during a live call (reference 3, end). */
function workingHours(user: MockUser): Record<string, unknown> {
  return {
    available: user.open,
    availability_status: user.open
      ? 'available'
      : user.substatus === 'always_closed'
        ? 'unavailable'
        : 'custom',
  };
}

/** The user object of reference 3, without `numbers`. */
export function userPayload(user: MockUser): Record<string, unknown> {
  return {
    id: user.id,
    direct_link: `https://api.aircall.io/v2/users/${user.id}`,
    name: user.name,
    email: user.email,
    created_at: user.createdAt,
    ...workingHours(user),
    substatus: user.substatus,
    time_zone: user.timeZone,
    language: user.language,
    wrap_up_time: user.wrapUpTime,
  };
}

/** Copies inside calls and numbers are abridged (reference 3). */
export function nestedUserPayload(user: MockUser): Record<string, unknown> {
  return {
    id: user.id,
    direct_link: `https://api.aircall.io/v1/users/${user.id}`,
    name: user.name,
    email: user.email,
    ...workingHours(user),
    language: user.language,
    wrap_up_time: user.wrapUpTime,
  };
}

/** Reference 3: the list carries the id, the single read does not. */
export function availabilityRow(user: MockUser): Record<string, unknown> {
  return { id: user.id, availability: availabilityOf(user) };
}
