import { Button } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import { t } from '@/strings';
import classes from './Welcome.module.css';

/** The way back and the way on, at the end of a step's form. */
export function Buttons({ onBack, label, busy = false }: { onBack: () => void; label: string; busy?: boolean }) {
  return (
    <div className={classes.buttons}>
      <Button variant="subtle" color="gray" onClick={onBack} disabled={busy}>
        {t.welcome.back}
      </Button>
      <Button type="submit" loading={busy} rightSection={<IconArrowRight size={15} />}>
        {label}
      </Button>
    </div>
  );
}
