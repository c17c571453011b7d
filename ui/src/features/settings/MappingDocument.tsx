/** The mapping as a file: copied out, or read in as a draft. */
import { Button } from '@mantine/core';
import { IconCopy } from '@tabler/icons-react';
import { host } from '@/api/host';
import { announce } from '@/components/announce';
import { toast } from '@/components/toast';
import { copyText } from '@/lib/clipboard';
import { t } from '@/strings';
import { OpenFile } from './OpenFile';
import classes from './Settings.module.css';
import type { MappingDraft } from './useMapping';

const texts = t.settings.document;

export function MappingDocument({ draft }: { draft: MappingDraft }) {
  const copy = (): void => {
    host
      .exportMapping()
      .then(copyText)
      .then(() => toast.note(texts.copied), toast.failure);
  };
  const read = (text: string): void => {
    host.importMapping(text).then((view) => {
      draft.take(view);
      announce(texts.read);
    }, toast.failure);
  };
  return (
    <section className={classes.section} aria-labelledby="settings-document">
      <h3 className={classes.title} id="settings-document">
        {texts.title}
      </h3>
      <p className={classes.dim}>{texts.text}</p>
      <div className={classes.tools}>
        <Button size="xs" variant="default" leftSection={<IconCopy size={14} />} onClick={copy}>
          {texts.copy}
        </Button>
        <OpenFile label={texts.open} testid="settings-import" onText={read} />
      </div>
      {draft.remarks.length > 0 && (
        <div role="status">
          <strong>{texts.remarks}</strong>
          <ul>
            {draft.remarks.map((remark) => (
              <li key={remark}>{remark}</li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}
