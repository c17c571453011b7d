/** Writes the list into a file: with the columns that are shown, or with all there are. */
import { Button, Menu } from '@mantine/core';
import { IconDownload, IconFileSpreadsheet, IconFileTypeCsv } from '@tabler/icons-react';
import { useState } from 'react';
import type { ExportFormat, ListQuery } from '@/api/bindings';
import { host } from '@/api/host';
import { useLookup } from '@/api/reference';
import { announce } from '@/components/announce';
import { toast } from '@/components/toast';
import { t } from '@/strings';
import { allColumns } from './columns';

const ICONS = { csv: <IconFileTypeCsv size={15} />, xlsx: <IconFileSpreadsheet size={15} /> };

export function ExportMenu({ query, columns }: { query: ListQuery; columns: readonly string[] }) {
  const { reference } = useLookup();
  const [running, setRunning] = useState(false);
  const run = async (format: ExportFormat, chosen: readonly string[]): Promise<void> => {
    setRunning(true);
    announce(t.list.export.running);
    try {
      const { tickets, path } = await host.exportList({ list: query, columns: [...chosen], format });
      toast.note(t.list.export.done(tickets, path));
    } catch (error) {
      toast.failure(error);
    } finally {
      setRunning(false);
    }
  };
  const entry = (format: ExportFormat, chosen: () => readonly string[]) => (
    <Menu.Item leftSection={ICONS[format]} onClick={() => void run(format, chosen())}>
      {t.list.export[format]}
    </Menu.Item>
  );
  const every = (): string[] => [...allColumns(reference.fields).keys()];
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button size="xs" variant="default" leftSection={<IconDownload size={14} />} loading={running}>
          {t.list.export.button}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t.list.export.shown}</Menu.Label>
        {entry('csv', () => columns)}
        {entry('xlsx', () => columns)}
        <Menu.Label>{t.list.export.all}</Menu.Label>
        {entry('csv', every)}
        {entry('xlsx', every)}
      </Menu.Dropdown>
    </Menu>
  );
}
