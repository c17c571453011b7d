/** Which tenant it is, who Leadline is there, and how old its knowledge of the set-up is. */
import { Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import type { MappingView } from '@/api/bindings';
import { host } from '@/api/host';
import { useLookup } from '@/api/reference';
import { formats } from '@/lib/formats';
import { useNow } from '@/lib/useNow';
import { t } from '@/strings';
import classes from './Settings.module.css';
import type { MappingDraft } from './useMapping';

const texts = t.settings.connection;

export function Connection({
  view,
  draft,
  onPreferences,
}: {
  view: MappingView;
  draft: MappingDraft;
  onPreferences: () => void;
}) {
  const { me } = useLookup();
  const now = useNow(60_000);
  return (
    <section className={classes.section} aria-labelledby="settings-connection">
      <div className={classes.head}>
        <h3 className={classes.title} id="settings-connection">
          {texts.title}
        </h3>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconRefresh size={14} />}
          loading={draft.busy}
          disabled={draft.isDraft}
          onClick={() => void draft.run(host.readSetup, texts.readAgainSaid)}
        >
          {texts.readAgain}
        </Button>
      </div>
      <dl className={classes.facts}>
        <div>
          <dt>{texts.to}</dt>
          <dd>{view.address}</dd>
        </div>
        <div>
          <dt>{texts.as}</dt>
          <dd>{view.signed_in_as === '' ? texts.service : view.signed_in_as}</dd>
        </div>
        <div>
          <dt>{texts.read}</dt>
          <dd>{view.read_at === null ? texts.never : formats.moment(view.read_at, now)}</dd>
        </div>
        <div>
          <dt>{texts.you}</dt>
          <dd>
            {me?.name ?? texts.youNobody}{' '}
            <button type="button" className={classes.link} onClick={onPreferences}>
              {texts.youChange}
            </button>
          </dd>
        </div>
      </dl>
    </section>
  );
}
