const STORED_AS = 'outdial.agent';

/** Which agent this browser acts as, until accounts say so. */
export function storedAgent(): string | null {
  try {
    return localStorage.getItem(STORED_AS);
  } catch {
    return null;
  }
}

export function storeAgent(agentId: string | null): void {
  try {
    if (agentId === null) localStorage.removeItem(STORED_AS);
    else localStorage.setItem(STORED_AS, agentId);
  } catch {
    // Private windows may refuse; then the choice lasts as long as the page.
  }
}
