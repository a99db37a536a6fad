/**
 * One note of two texts that were written apart. What both have stands there once, and nothing of either is lost. Ours comes last,
 * as that is where the cursor is.
 */
export function mergeNotes(theirs: string, ours: string): string {
  if (theirs.trim() === '' || ours.includes(theirs.trim())) return ours;
  if (ours.trim() === '' || theirs.includes(ours.trim())) return theirs;
  return `${theirs.trimEnd()}\n\n${ours}`;
}
