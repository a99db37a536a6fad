import type { ImportDetail, ImportList } from '@outdial/protocol';
import type { InfiniteData } from '@tanstack/react-query';
import { keys } from '../../data/keys.js';
import type { LiveUpdates } from '../../data/live-updates.js';

export const importLive: LiveUpdates = {
  'import.progress': (progress, cache) => {
    cache.write<InfiniteData<ImportList>>(keys.importList, (old) => {
      if (!old.pages.some((page) => page.imports.some((i) => i.id === progress.id))) {
        cache.readAgain(keys.importList, 300);
      }
      return {
        ...old,
        pages: old.pages.map((page) => ({
          ...page,
          imports: page.imports.map((i) => (i.id === progress.id ? progress : i)),
        })),
      };
    });
    cache.write<ImportDetail>(keys.import(progress.id), (old) => ({ ...old, ...progress }));
    if (progress.state === 'DONE' || progress.state === 'FAILED') {
      cache.readAgain(keys.import(progress.id), 100);
    }
  },
};
