import { Modal } from '@mantine/core';
import { ALL_ACTIONS, SECTIONS } from '@/actions/catalogue';
import { Keys } from '@/components/Keys';
import { t } from '@/strings';
import classes from './ShortcutSheet.module.css';

/** Every shortcut there is, drawn from the catalogue. */
export default function ShortcutSheet({ onClose }: { onClose: () => void }) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.keysSheet.title}
      size={820}
      data-testid="shortcut-sheet"
      classNames={{ title: classes.heading ?? '' }}
    >
      <div className={classes.sheet}>
        {SECTIONS.map((section) => (
          <section key={section} aria-label={t.sections[section]}>
            <h3 className={classes.title}>{t.sections[section]}</h3>
            <dl>
              {ALL_ACTIONS.filter((action) => action.section === section && action.keys.length > 0).map((action) => (
                <div key={action.id} className={classes.row}>
                  <dt>{action.label}</dt>
                  <dd>
                    {action.keys.map((keys) => (
                      <Keys key={keys} keys={keys} />
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <section aria-label={t.keysSheet.mouse}>
          <h3 className={classes.title}>{t.keysSheet.mouse}</h3>
          <ul className={classes.lines}>
            {Object.values(t.keysSheet.mouseLines).map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </section>
      </div>
    </Modal>
  );
}
