import type { ImportDetail, LineFate } from '@outdial/protocol';
import { useMutation } from '@tanstack/react-query';
import { notifyFailed } from '../../../components/notify.js';
import { useClient } from '../../../data/client-context.js';
import { saveFile } from '../../../ui/save-file.js';

/** The lines with their reasons, as a file that can be corrected and imported again. */
export function useDownloadLines() {
  const client = useClient();
  return useMutation({
    mutationFn: async ({
      of,
      fate,
    }: {
      of: Pick<ImportDetail, 'id' | 'file_name'>;
      fate?: LineFate;
    }) => {
      const { content } = await client.imports.linesCsv(of.id, { fate });
      const name = of.file_name.replace(/\.[^.]+$/, '');
      saveFile(`${name}-${fate ?? 'lines'}.csv`, content);
    },
    onError: notifyFailed,
  });
}
