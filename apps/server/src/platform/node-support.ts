/** What this project recommends, and what its image runs on. */
export const RECOMMENDED_NODE = 24;

/**
 * The last day of security fixes for each line that this project runs on
 * (https://github.com/nodejs/release#release-schedule, read on 30 November 2026). Odd lines live for half a year and are not in it.
 */
const FIXED_UNTIL: Readonly<Record<number, string>> = {
  20: '2026-04-30',
  22: '2027-04-30',
  24: '2028-04-30',
};

export interface NodeSupport {
  /** `ended`: weaknesses that become known stay open. `ending`: a newer line is recommended. */
  readonly state: 'ended' | 'ending' | 'good';
  /** What is so, and what to do; empty when all is well. */
  readonly says: string;
  readonly remedy: string;
}

/** What a version of Node.js (`20.19.4`, with or without a `v`) lacks on a day (`2026-11-30`). */
export function nodeSupport(version: string, today: string): NodeSupport {
  const line = Number.parseInt(version.replace(/^v/, ''), 10);
  const until = FIXED_UNTIL[line];
  const remedy = `Install Node.js ${RECOMMENDED_NODE} LTS; nothing else changes.`;
  if (until === undefined) {
    // A line that is newer than this list, or one of the odd ones.
    if (line > RECOMMENDED_NODE && line % 2 === 0) return { state: 'good', says: '', remedy: '' };
    const says = `Node.js ${line} is no long-term release: it gets security fixes for half a year.`;
    return { state: line > RECOMMENDED_NODE ? 'ending' : 'ended', says, remedy };
  }
  if (today > until) {
    return {
      state: 'ended',
      says: `Node.js ${line} gets no security fixes since ${until}.`,
      remedy,
    };
  }
  if (line >= RECOMMENDED_NODE) return { state: 'good', says: '', remedy: '' };
  return { state: 'ending', says: `Node.js ${line} gets security fixes until ${until}.`, remedy };
}
