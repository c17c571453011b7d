/** What the tenant lacks, each with exact instructions for its administrator. */
import { Button } from '@mantine/core';
import { IconCopy, IconPlus } from '@tabler/icons-react';
import type { AdminInstruction, MappingView } from '@/api/bindings';
import { host } from '@/api/host';
import { toast } from '@/components/toast';
import { copyText } from '@/lib/clipboard';
import { t } from '@/strings';
import classes from './Settings.module.css';
import type { MappingDraft } from './useMapping';

const texts = t.settings.missing;

const copy = (text: string): void => {
  copyText(text).then(() => toast.note(texts.copied), toast.failure);
};

export function Missing({ view, draft }: { view: MappingView; draft: MappingDraft }) {
  if (view.missing.length === 0) return null;
  return (
    <section className={classes.section} aria-labelledby="settings-missing" data-testid="settings-missing">
      <div className={classes.head}>
        <div>
          <h3 className={classes.title} id="settings-missing">
            {texts.title(view.missing.length)}
          </h3>
          <p className={classes.dim}>{texts.text}</p>
        </div>
        {view.missing.length > 1 && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconCopy size={14} />}
            onClick={() => copy(view.missing_text)}
          >
            {texts.copyAll}
          </Button>
        )}
      </div>
      <ul className={classes.plain}>
        {view.missing.map((told) => (
          <Told key={told.title} told={told} draft={draft} />
        ))}
      </ul>
    </section>
  );
}

function Told({ told, draft }: { told: AdminInstruction; draft: MappingDraft }) {
  const { gap } = told;
  return (
    <li className={classes.told}>
      <div className={classes.toldHead}>
        <strong>{told.title}</strong>
        {told.kind !== null && <span className={classes.dim}>{told.kind}</span>}
        <span className={classes.spring} />
        {told.can_create && gap.what === 'field' && (
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<IconPlus size={13} />}
            aria-label={texts.createOf(told.title)}
            loading={draft.busy}
            disabled={draft.isDraft}
            onClick={() => void draft.run(() => host.createMissingField(gap.field), texts.created(told.title))}
          >
            {texts.create}
          </Button>
        )}
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconCopy size={13} />}
          aria-label={texts.copyOf(told.title)}
          onClick={() => copy(told.text)}
        >
          {texts.copy}
        </Button>
      </div>
      <details className={classes.instructions}>
        <summary>{texts.show}</summary>
        <pre>{told.text}</pre>
      </details>
    </li>
  );
}
