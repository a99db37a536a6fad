// What a thread imports first where TypeScript runs as it is (tests, `npm run dev`): `--import tsx` does nothing in a thread.
import { register } from 'tsx/esm/api';

register();
