import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { AppState, UiError } from '@/api/bindings';
import { asUiError, host } from '@/api/host';
import { profilesQuery } from '@/api/queries';
import { t } from '@/strings';
import classes from './Welcome.module.css';

/** The way back to the HaloPSAs that are on this computer already. Nothing while this is the first. */
export function Others({
  onApp,
  onFailure,
}: {
  onApp: (state: AppState) => void;
  onFailure: (error: UiError) => void;
}) {
  const { data: profiles = [] } = useQuery(profilesQuery());
  const others = profiles.filter((profile) => !profile.current);
  if (others.length === 0) return null;
  const show = (name: string): void => {
    host.switchProfile(name).then(onApp, (error) => onFailure(asUiError(error)));
  };
  return (
    <section className={classes.others} aria-label={t.tenants.title}>
      <p className={classes.dim}>{t.welcome.others}</p>
      {others.map(({ name, address }) => (
        <Button key={name} size="xs" variant="default" onClick={() => show(name)}>
          {address === '' ? name : t.welcome.other(name, address)}
        </Button>
      ))}
    </section>
  );
}
