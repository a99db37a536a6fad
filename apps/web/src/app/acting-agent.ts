const STORED_AS = 'outdial.agent';
const keyOf = (userId: string) => `${STORED_AS}.${userId}`;

/** For which agent this person acts in this browser; null: for themselves. */
export function storedAgent(userId: string): string | null {
  try {
    return localStorage.getItem(keyOf(userId));
  } catch {
    return null;
  }
}

export function storeAgent(userId: string, agentId: string | null): void {
  try {
    if (agentId === null) localStorage.removeItem(keyOf(userId));
    else localStorage.setItem(keyOf(userId), agentId);
  } catch {
    // Private windows may refuse; then the choice lasts as long as the page.
  }
}
