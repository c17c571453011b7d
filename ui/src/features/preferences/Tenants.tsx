import { Button, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { AppState, ProfileView, UiError } from '@/api/bindings';
import { asUiError, host } from '@/api/host';
import { keys, profilesQuery } from '@/api/queries';
import { ErrorNotice } from '@/components/ErrorNotice';
import { t } from '@/strings';
import classes from './Preferences.module.css';

/** The HaloPSAs on this computer: which is shown, how to show another one, how to add one. */
export function Tenants({ onShown }: { onShown: () => void }) {
  const client = useQueryClient();
  const { data: profiles } = useQuery(profilesQuery());
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<UiError | null>(null);
  const [name, setName] = useState<string | null>(null);

  const show = async (work: () => Promise<AppState>): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      client.setQueryData(keys.app, await work());
      onShown();
    } catch (error) {
      setFailure(asUiError(error));
      setBusy(false);
    }
  };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (name !== null && !busy) void show(() => host.addProfile(name.trim()));
  };
  const several = (profiles?.length ?? 0) > 1;
  return (
    <section className={classes.tenant} aria-label={t.tenants.title}>
      <p className={classes.label}>{t.tenants.title}</p>
      {several && <p className={classes.help}>{t.tenants.waits}</p>}
      {failure && <ErrorNotice error={failure} />}
      {several && (
        <ul className={classes.profiles}>
          {profiles?.map((profile) => (
            <Tenant
              key={profile.name}
              profile={profile}
              busy={busy}
              onShow={() => void show(() => host.switchProfile(profile.name))}
            />
          ))}
        </ul>
      )}
      {name === null ? (
        <Button size="xs" variant="default" onClick={() => setName('')}>
          {t.tenants.add}
        </Button>
      ) : (
        <form className={classes.adding} onSubmit={onSubmit} noValidate>
          <TextInput
            label={t.tenants.name}
            description={t.tenants.nameHelp}
            value={name}
            onChange={(event) => setName(event.currentTarget.value.toLowerCase())}
            maxLength={40}
            autoFocus
            autoComplete="off"
            spellCheck={false}
          />
          <Button type="submit" size="sm" loading={busy}>
            {t.tenants.addNow}
          </Button>
        </form>
      )}
    </section>
  );
}

function Tenant({ profile, busy, onShow }: { profile: ProfileView; busy: boolean; onShow: () => void }) {
  return (
    <li>
      <span>
        <strong>{profile.name}</strong> {profile.address === '' ? t.tenants.notConnected : profile.address}
      </span>
      {profile.current ? (
        <span className={classes.help}>{t.tenants.shown}</span>
      ) : (
        <Button
          size="compact-xs"
          variant="default"
          disabled={busy}
          aria-label={t.tenants.showNamed(profile.name)}
          onClick={onShow}
        >
          {t.tenants.show}
        </Button>
      )}
    </li>
  );
}
