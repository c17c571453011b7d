/** What is remembered of files by the names of their columns: renamed, forgotten, copied out and read in. */
import { Button, TextInput } from '@mantine/core';
import { IconAdjustments, IconCopy, IconTrash } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Fragment, useState } from 'react';
import type { SavedMapping } from '@/api/bindings';
import { asUiError, host } from '@/api/host';
import { importKeys, importMappingsQuery } from '@/api/imports';
import { announce } from '@/components/announce';
import { ErrorNotice } from '@/components/ErrorNotice';
import { toast } from '@/components/toast';
import { copyText } from '@/lib/clipboard';
import { formats } from '@/lib/formats';
import { t } from '@/strings';
import { MappingRules } from './MappingRules';
import { OpenFile } from './OpenFile';
import classes from './Settings.module.css';

const texts = t.imports.settings.mappings;

export function ImportMappings() {
  const client = useQueryClient();
  const { data, error, isError, refetch } = useQuery(importMappingsQuery());
  // Whose rules are shown.
  const [open, setOpen] = useState<string | null>(null);
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (problem) {
      toast.failure(problem);
    }
    await client.invalidateQueries({ queryKey: importKeys.mappings });
  };
  const read = (text: string): Promise<void> =>
    attempt(async () => {
      const saved = await host.readImportMapping(text);
      toast.note(texts.read(saved.name));
    });
  const forget = ({ signature, name }: SavedMapping): Promise<void> =>
    attempt(async () => {
      const document = await host.importMappingJson(signature);
      await host.deleteImportMapping(signature);
      announce(texts.removed(name));
      toast.saved(texts.removed(name), () => void read(document));
    });
  return (
    <section className={classes.section} aria-labelledby="settings-mappings">
      <h3 className={classes.title} id="settings-mappings">
        {texts.title}
      </h3>
      <p className={classes.dim}>{texts.text}</p>
      {isError && data === undefined && <ErrorNotice error={asUiError(error)} onRetry={() => void refetch()} />}
      {data?.length === 0 && <p className={classes.dim}>{texts.none}</p>}
      {data !== undefined && data.length > 0 && (
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{texts.columns.name}</th>
              <th scope="col">{texts.columns.source}</th>
              <th scope="col">{texts.columns.columns}</th>
              <th scope="col">{texts.columns.used}</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {data.map((mapping) => (
              <Fragment key={mapping.signature}>
                <Line
                  mapping={mapping}
                  isOpen={open === mapping.signature}
                  onRules={() => setOpen((now) => (now === mapping.signature ? null : mapping.signature))}
                  onName={(name) =>
                    void attempt(async () => {
                      await host.renameImportMapping(mapping.signature, name);
                      announce(texts.renamed(name));
                    })
                  }
                  onForget={() => void forget(mapping)}
                  onCopy={() =>
                    void attempt(async () => {
                      await copyText(await host.importMappingJson(mapping.signature));
                      toast.note(texts.copied);
                    })
                  }
                />
                {open === mapping.signature && (
                  <tr>
                    <td colSpan={5}>
                      <MappingRules saved={mapping} />
                    </td>
                  </tr>
                )}
              </Fragment>
            ))}
          </tbody>
        </table>
      )}
      <div className={classes.tools}>
        <OpenFile label={texts.open} testid="settings-read-import-mapping" onText={(text) => void read(text)} />
      </div>
    </section>
  );
}

interface LineProps {
  mapping: SavedMapping;
  isOpen: boolean;
  onRules: () => void;
  onName: (name: string) => void;
  onForget: () => void;
  onCopy: () => void;
}

function Line({ mapping, isOpen, onRules, onName, onForget, onCopy }: LineProps) {
  const [name, setName] = useState(mapping.name);
  return (
    <tr data-testid={`import-mapping-${mapping.signature}`}>
      <td>
        <TextInput
          size="xs"
          aria-label={texts.name(mapping.name)}
          value={name}
          maxLength={100}
          onChange={(event) => setName(event.currentTarget.value)}
          onBlur={() => {
            const next = name.trim();
            if (next === '') setName(mapping.name);
            else if (next !== mapping.name) onName(next);
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') event.currentTarget.blur();
          }}
        />
      </td>
      <td>{mapping.provider ?? ''}</td>
      <td>{formats.number(mapping.columns)}</td>
      <td>{mapping.used_at === null ? texts.never : formats.day(mapping.used_at)}</td>
      <td>
        <div className={classes.lineTools}>
          <Button
            size="compact-xs"
            variant={isOpen ? 'light' : 'default'}
            leftSection={<IconAdjustments size={13} />}
            aria-label={texts.changeOf(mapping.name)}
            aria-expanded={isOpen}
            onClick={onRules}
          >
            {texts.change}
          </Button>
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<IconCopy size={13} />}
            aria-label={texts.copyOf(mapping.name)}
            onClick={onCopy}
          >
            {texts.copy}
          </Button>
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<IconTrash size={13} />}
            aria-label={texts.removeOf(mapping.name)}
            onClick={onForget}
          >
            {texts.remove}
          </Button>
        </div>
      </td>
    </tr>
  );
}
