import { Button } from '@mantine/core';
import { IconAlertTriangleFilled, IconArrowsExchange, IconCloudOff, IconPlayerPause } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { host, onAlert } from '@/api/host';
import { healthQuery, syncQuery } from '@/api/queries';
import { alertText } from '@/components/alerts';
import { announce } from '@/components/announce';
import { operations } from '@/components/operations';
import { toast } from '@/components/toast';
import { formats } from '@/lib/formats';
import { useNow } from '@/lib/useNow';
import { t } from '@/strings';
import classes from './Banners.module.css';
import { type Banner, type BannerAction, bannersOf } from './banners';

const ICONS: Record<Banner['id'], ReactNode> = {
  'signed-out': <IconAlertTriangleFilled size={15} aria-hidden="true" />,
  mapping: <IconArrowsExchange size={15} aria-hidden="true" />,
  missing: <IconAlertTriangleFilled size={15} aria-hidden="true" />,
  paused: <IconPlayerPause size={15} aria-hidden="true" />,
  offline: <IconCloudOff size={15} aria-hidden="true" />,
};

interface BannersProps {
  onSignIn: () => void;
  onSettings: () => void;
  onHealth: () => void;
}

/** What of the sync a person should know, and what they can do about it. Nothing at all while everything runs. */
export function Banners({ onSignIn, onSettings, onHealth }: BannersProps) {
  const { data: status } = useQuery(syncQuery());
  const { data: health } = useQuery(healthQuery());
  const now = useNow(60_000);
  const [busy, setBusy] = useState(false);
  // Told once by the system too, for whoever is elsewhere.
  useEffect(() => onAlert((alert) => toast.note(alertText(alert))), []);
  const banners = status === undefined ? [] : bannersOf(status, health, formats, now);
  if (banners.length === 0) return null;

  const attempt = (work: () => Promise<unknown>, said: string) => (): void => {
    setBusy(true);
    work()
      .then(() => announce(said), toast.failure)
      .finally(() => setBusy(false));
  };
  const actions: Record<BannerAction, { label: string; run: () => void }> = {
    'sign-in': { label: t.banners.signIn, run: onSignIn },
    settings: { label: t.banners.settings, run: onSettings },
    show: { label: t.banners.show, run: onHealth },
    keep: { label: t.banners.keep, run: attempt(host.keepMissing, t.banners.keptSaid) },
    gone: { label: t.banners.gone, run: attempt(host.confirmMissing, t.banners.goneSaid) },
    resume: { label: t.outbox.resume, run: () => void operations.pause(false) },
    'try-now': { label: t.banners.tryNow, run: attempt(host.syncNow, t.outbox.syncNow) },
  };
  return (
    <section className={classes.banners} aria-label={t.banners.label}>
      {banners.map((banner) => (
        <div
          key={banner.id}
          className={classes.banner}
          data-tone={banner.tone}
          data-testid={`banner-${banner.id}`}
          role="status"
        >
          {ICONS[banner.id]}
          <p>
            <strong>{banner.title}</strong> {banner.text}
          </p>
          <span className={classes.actions}>
            {banner.actions.map((action) => (
              <Button
                key={action}
                size="compact-xs"
                variant={action === 'sign-in' ? 'filled' : 'default'}
                disabled={busy}
                onClick={actions[action].run}
              >
                {actions[action].label}
              </Button>
            ))}
          </span>
        </div>
      ))}
    </section>
  );
}
