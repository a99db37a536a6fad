/**
 * What an agent, who may not read the suppression list, may put on it by hand. An agent hears "do not call me" a few times a day; a
 * list comes from a supervisor. 50 a day leaves room for the worst day, and makes emptying a list of leads by way of suppressions a
 * matter of months. What dispositions suppress is not counted.
 */
export const AGENTS_SUPPRESSIONS = {
  numbersAtOnce: 1,
  numbersAtMost: 50,
  withinMs: 24 * 3_600_000,
} as const;
