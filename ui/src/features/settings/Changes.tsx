/** What has changed in the tenant since the mapping was made. Saving anything counts as having seen it. */
import { Button } from '@mantine/core';
import { IconAlertTriangleFilled, IconInfoCircle } from '@tabler/icons-react';
import type { MappingView } from '@/api/bindings';
import { host } from '@/api/host';
import { t } from '@/strings';
import { slotId } from './edit';
import classes from './Settings.module.css';
import type { MappingDraft } from './useMapping';

export function Changes({ view, draft }: { view: MappingView; draft: MappingDraft }) {
  if (view.changes.length === 0) return null;
  return (
    <section className={classes.changes} aria-labelledby="settings-changes" data-testid="settings-changes">
      <div className={classes.head}>
        <h3 className={classes.title} id="settings-changes">
          {t.settings.changes.title}
        </h3>
        {!draft.isDraft && (
          <Button
            size="xs"
            variant="default"
            loading={draft.busy}
            onClick={() => void draft.run(() => host.saveMapping(view.edit), t.settings.changes.seenSaid)}
          >
            {t.settings.changes.seen}
          </Button>
        )}
      </div>
      <ul className={classes.plain}>
        {view.changes.map((change) => (
          <li key={slotId(change.slot)} className={classes.change} data-breaks={change.breaks}>
            {change.breaks ? (
              <IconAlertTriangleFilled size={14} aria-hidden="true" />
            ) : (
              <IconInfoCircle size={14} aria-hidden="true" />
            )}
            <span>{change.sentence}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
