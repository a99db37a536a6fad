/** Notes that are not saved yet, by call: they outlive a look at another page. */
const drafts = new Map<string, string>();

export const draftOf = (callId: string): string => drafts.get(callId) ?? '';
export const keepDraft = (callId: string, notes: string): void => void drafts.set(callId, notes);
export const dropDraft = (callId: string): void => void drafts.delete(callId);
/** Nobody finds what somebody else wrote. */
export const dropAllDrafts = (): void => drafts.clear();
