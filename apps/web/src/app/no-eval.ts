import { config } from 'zod';

// Zod tries whether it may make functions out of text. The server's content policy says no, and browsers would report each try.
// Before any schema is made: `main.tsx` imports this first.
config({ jitless: true });
