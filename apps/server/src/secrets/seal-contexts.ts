/** What each sealed text belongs to (associated data of AES-GCM): moved to another row, it does not open. */
export const totpBoundTo = (userId: string): string => `users.totp_secret ${userId}`;
