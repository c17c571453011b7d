import { Drawer } from '@mantine/core';
import { t } from '@/strings';
import classes from './Outbox.module.css';
import { OutboxActions } from './OutboxActions';
import { OutboxList, type OutboxProps } from './OutboxList';

/** The outbox over whatever screen is open. */
export default function OutboxDrawer({
  onClose,
  onPage,
  ...rest
}: OutboxProps & { onClose: () => void; onPage: () => void }) {
  return (
    <Drawer
      opened
      onClose={onClose}
      title={t.outbox.title}
      position="left"
      size={440}
      data-testid="outbox-drawer"
      closeButtonProps={{ 'aria-label': t.close }}
      overlayProps={{ backgroundOpacity: 0.2 }}
      transitionProps={{ duration: 120 }}
      classNames={{ title: classes.drawerTitle ?? '' }}
    >
      <div className={classes.drawerHead}>
        <OutboxActions />
        <button type="button" className={classes.link} onClick={onPage}>
          {t.outbox.openPage}
        </button>
      </div>
      <OutboxList {...rest} />
    </Drawer>
  );
}
