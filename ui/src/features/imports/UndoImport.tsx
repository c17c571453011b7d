/** Takes an import back. It runs in the background; what it did is told wherever the import is shown then. */
import { Button, Tooltip } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { host } from '@/api/host';
import { importKeys } from '@/api/imports';
import { t } from '@/strings';
import type { Attempt } from './useAttempt';

const texts = t.imports.result;

export function UndoImport({ id, attempt }: { id: number; attempt: Attempt }) {
  const client = useQueryClient();
  const undo = (): void => {
    void attempt.run(async () => client.setQueryData(importKeys.undone(id), await host.importUndo(id)));
  };
  return (
    <Tooltip label={texts.undoHint} multiline maw={320}>
      <Button
        size="xs"
        variant="default"
        loading={attempt.busy}
        leftSection={<IconArrowBackUp size={14} />}
        onClick={undo}
      >
        {texts.undo}
      </Button>
    </Tooltip>
  );
}
