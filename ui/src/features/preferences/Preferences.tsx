/** Who uses this computer, how the window looks, and which tenant it is connected to. */
import { Button, Modal, SegmentedControl, Select, TextInput, useMantineColorScheme } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, useSyncExternalStore } from 'react';
import type { AppState, Preferences as Prefs, Role, UiError } from '@/api/bindings';
import { asUiError, host } from '@/api/host';
import { keys, syncQuery } from '@/api/queries';
import { useLookup } from '@/api/reference';
import { announce } from '@/components/announce';
import { ErrorNotice } from '@/components/ErrorNotice';
import { t } from '@/strings';
import { type Density, density } from '@/theme/density';
import classes from './Preferences.module.css';
import { Tenants } from './Tenants';

export default function Preferences({ app, onClose }: { app: AppState; onClose: () => void }) {
  const { reference, preferences } = useLookup();
  const client = useQueryClient();
  const { data: sync } = useQuery(syncQuery());
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const packed = useSyncExternalStore(density.subscribe, density.get);
  const [failure, setFailure] = useState<UiError | null>(null);
  const [country, setCountry] = useState(preferences.country);
  const [currency, setCurrency] = useState(preferences.currency);
  const [leaving, setLeaving] = useState(false);

  const save = async (change: Partial<Prefs>): Promise<void> => {
    try {
      client.setQueryData(keys.reference, await host.setPreferences({ ...preferences, ...change }));
      setFailure(null);
      announce(t.preferences.saved);
    } catch (error) {
      setFailure(asUiError(error));
    }
  };
  const leave = async (): Promise<void> => {
    setLeaving(true);
    try {
      client.setQueryData(keys.app, await (app.demo ? host.leaveDemo() : host.disconnect()));
      onClose();
    } catch (error) {
      setFailure(asUiError(error));
    }
    setLeaving(false);
  };

  const agents = reference.agents
    .filter((agent) => !agent.inactive || agent.id === preferences.me)
    .map((agent) => ({ value: String(agent.id), label: agent.name }));
  const connected = sync !== undefined && sync.link.state !== 'not_connected';
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.preferences.title}
      size={480}
      data-testid="preferences"
      classNames={{ title: classes.title ?? '' }}
    >
      <div className={classes.form}>
        {failure && <ErrorNotice error={failure} />}
        <Select
          label={t.preferences.who}
          description={t.preferences.whoHelp}
          placeholder={t.preferences.nobody}
          data={agents}
          searchable
          clearable
          value={preferences.me === null ? null : String(preferences.me)}
          onChange={(me) => void save({ me: me === null ? null : Number(me) })}
        />
        <div>
          <p className={classes.label} id="role-label">
            {t.preferences.role}
          </p>
          <p className={classes.help}>{t.preferences.roleHelp}</p>
          <SegmentedControl
            aria-labelledby="role-label"
            data={Object.entries(t.preferences.roles).map(([value, label]) => ({ value, label }))}
            value={preferences.role}
            onChange={(role) => void save({ role: role as Role })}
          />
        </div>
        <div className={classes.pair}>
          <TextInput
            label={t.preferences.country}
            description={t.preferences.countryHelp}
            maxLength={2}
            value={country}
            onChange={(event) => setCountry(event.currentTarget.value.toUpperCase())}
            onBlur={() => {
              if (country !== preferences.country) void save({ country });
            }}
          />
          <TextInput
            label={t.preferences.currency}
            description={t.preferences.currencyHelp}
            maxLength={3}
            value={currency}
            onChange={(event) => setCurrency(event.currentTarget.value.toUpperCase())}
            onBlur={() => {
              if (currency !== preferences.currency) void save({ currency });
            }}
          />
        </div>
        <div className={classes.pair}>
          <div>
            <p className={classes.label} id="look-label">
              {t.preferences.look}
            </p>
            <SegmentedControl
              aria-labelledby="look-label"
              data={Object.entries(t.preferences.looks).map(([value, label]) => ({ value, label }))}
              value={colorScheme}
              onChange={(scheme) => setColorScheme(scheme as typeof colorScheme)}
            />
          </div>
          <div>
            <p className={classes.label} id="density-label">
              {t.preferences.density}
            </p>
            <SegmentedControl
              aria-labelledby="density-label"
              data={Object.entries(t.preferences.densities).map(([value, label]) => ({ value, label }))}
              value={packed}
              onChange={(next) => density.set(next as Density)}
            />
          </div>
        </div>
        <section className={classes.tenant} aria-label={t.preferences.tenant}>
          <p className={classes.label}>{app.demo ? t.sampleData : t.preferences.tenant}</p>
          <p className={classes.help}>
            {app.demo
              ? t.preferences.demoText
              : connected
                ? t.preferences.connectedTo(sync.address)
                : t.preferences.notConnected}
          </p>
          {!app.demo && connected && <p className={classes.help}>{t.preferences.disconnectText}</p>}
          {(app.demo || connected) && (
            <Button size="xs" variant="default" loading={leaving} onClick={() => void leave()}>
              {app.demo ? t.preferences.leaveDemo : t.preferences.disconnect}
            </Button>
          )}
        </section>
        <Tenants onShown={onClose} />
        <p className={classes.version}>{t.preferences.version(app.version)}</p>
      </div>
    </Modal>
  );
}
