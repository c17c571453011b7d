/**
 * The truth of the pipeline, counted on this computer: reports side by side, one filter for all of them, every figure open on
 * its tickets. Works without a network, and says as of when.
 */
import { Button, Menu } from '@mantine/core';
import { IconAdjustments, IconPrinter } from '@tabler/icons-react';
import { useIsFetching, useQuery } from '@tanstack/react-query';
import { useEffect, useLayoutEffect, useMemo, useState } from 'react';
import { flushSync } from 'react-dom';
import type { InsightsFilter, ReportAbout } from '@/api/bindings';
import { insightKeys, reportQuery } from '@/api/insights';
import { syncQuery } from '@/api/queries';
import { type Lookup, useLookup } from '@/api/reference';
import { EmptyNotice } from '@/components/EmptyNotice';
import { formats } from '@/lib/formats';
import { useNow } from '@/lib/useNow';
import { t } from '@/strings';
import { ANSWERS } from './answers';
import { Dashboards } from './Dashboards';
import { InsightFilters, periodLabel, segmentLabel } from './InsightFilters';
import classes from './InsightsPage.module.css';
import './print.css';
import { startPaper, stopPaper } from './paper';
import { localDay } from './period';
import { Report } from './Report';
import type { Opening } from './ReportTable';
import {
  changed,
  type InsightsView,
  isNarrowed,
  periodOfView,
  REPORTS,
  type ReportKey,
  shownReports,
  toggled,
  toInsightsFilter,
} from './view';

const MINUTE_MS = 60_000;

interface InsightsPageProps extends Opening {
  view: InsightsView;
  onView: (view: InsightsView) => void;
  onPainted: () => void;
}

export default function InsightsPage({ view, onView, onPainted, ...opening }: InsightsPageProps) {
  const lookup = useLookup();
  // A window that stays open past midnight shows the new day.
  const today = localDay(new Date(useNow(MINUTE_MS)));
  const filter = useMemo(
    () => toInsightsFilter(view, today, Intl.DateTimeFormat().resolvedOptions().timeZone),
    [view, today],
  );
  const shown = shownReports(view);
  const about = useAbout(shown[0], filter);
  const printing = usePrinting();
  const print = usePrint();
  const subject = subjectOf(view, today, lookup);
  const hide = (report: ReportKey): void => onView(changed(view, { without: toggled(view.without, report) }));
  useLayoutEffect(onPainted, [onPainted]);
  return (
    <div className={classes.page} data-testid="insights-page" data-paper="">
      <header className={classes.head}>
        <div className={classes.titles}>
          <h2 className={classes.title}>{t.insights.title}</h2>
          <AboutLine about={about} subject={subject} printing={printing} compare={view.alone !== true} />
        </div>
        <div className={classes.tools}>
          <ReportsMenu view={view} onView={onView} />
          <Dashboards view={view} onView={onView} />
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPrinter size={14} />}
            disabled={shown.length === 0}
            onClick={print}
          >
            {t.insights.print}
          </Button>
        </div>
      </header>
      <div className={classes.filters}>
        <InsightFilters view={view} today={today} before={about?.before ?? null} onView={onView} />
      </div>
      <FirstSync about={about} />
      {shown.length === 0 ? (
        <EmptyNotice title={t.insights.allHidden} text={t.insights.allHiddenText} />
      ) : (
        <div className={classes.reports}>
          {shown.map((report) => (
            <Report
              key={report}
              report={report}
              filter={filter}
              compare={view.alone !== true}
              narrowed={isNarrowed(view)}
              asTable={view.tables?.includes(report) ?? false}
              printing={printing}
              subject={subject}
              onAsTable={(asTable) => {
                const others = view.tables?.filter((one) => one !== report) ?? [];
                onView(changed(view, { tables: asTable ? [...others, report] : others }));
              }}
              onHide={() => hide(report)}
              {...opening}
            />
          ))}
        </div>
      )}
    </div>
  );
}

/** What the reports say of themselves: all of them are counted from the same data, so the first one speaks for them. */
function useAbout(report: ReportKey | undefined, filter: Required<InsightsFilter>): ReportAbout | undefined {
  const key = report ?? 'funnel';
  return useQuery({ ...reportQuery(key, filter, ANSWERS[key]), enabled: report !== undefined }).data?.about;
}

/** Period and filter in words, for paper and pictures. */
export function subjectOf(view: InsightsView, today: string, lookup: Lookup): string {
  const { from, to } = periodOfView(view, today);
  const days = t.insights.filter.span(formats.fullDay(from), formats.fullDay(to));
  const period = periodLabel(view);
  return [
    period === days ? days : `${period}, ${days}`,
    view.cohort ? t.insights.filter.cohort : t.insights.filter.happened,
    ...(view.lifecycle === undefined ? [] : [t.lifecycles[view.lifecycle]]),
    ...(view.owner === undefined
      ? []
      : [`${t.insights.filter.owner}: ${lookup.agent(view.owner)?.name ?? view.owner}`]),
    ...(view.source === undefined ? [] : [`${t.insights.filter.source}: ${view.source}`]),
    ...(view.segment === undefined ? [] : [segmentLabel(view.segment)]),
  ].join(' · ');
}

interface AboutLineProps {
  about: ReportAbout | undefined;
  subject: string;
  printing: boolean;
  compare: boolean;
}

function AboutLine({ about, subject, printing, compare }: AboutLineProps) {
  if (about === undefined) return <p className={classes.about}>{t.insights.intro}</p>;
  const when = (iso: string): string => (printing ? formats.fullMoment(iso) : formats.moment(iso));
  return (
    <p className={classes.about} data-testid="insights-about">
      {printing && <span className={classes.subject}>{subject}</span>}
      <span>{t.insights.asOf(when(about.as_of))}</span>
      {about.last_pull !== null && <span>{t.insights.lastPull(when(about.last_pull))}</span>}
      {about.history_since !== null && (
        <span>
          {about.history_pending
            ? t.insights.historyPending(formats.fullDay(about.history_since))
            : t.insights.historySince(formats.fullDay(about.history_since))}
        </span>
      )}
      {about.rebuilt && <span title={t.insights.rebuiltHint}>{t.insights.rebuilt}</span>}
      {compare && about.before !== null && (
        <span>{t.insights.comparedWith(formats.fullDay(about.before.from), formats.fullDay(about.before.to))}</span>
      )}
    </p>
  );
}

function FirstSync({ about }: { about: ReportAbout | undefined }) {
  const { data: sync } = useQuery(syncQuery());
  const first = sync !== undefined && sync.progress !== null && about !== undefined && about.last_pull === null;
  return first ? (
    <p className={classes.notice} role="status">
      {t.insights.firstSync}
    </p>
  ) : null;
}

function ReportsMenu({ view, onView }: { view: InsightsView; onView: (view: InsightsView) => void }) {
  const shown = shownReports(view);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="xs" variant="default" leftSection={<IconAdjustments size={14} />}>
          {t.insights.reports.choose}
        </Button>
      </Menu.Target>
      <Menu.Dropdown aria-label={t.insights.reports.label}>
        {REPORTS.map((report) => (
          <Menu.CheckboxItem
            key={report}
            checked={shown.includes(report)}
            onChange={() => onView(changed(view, { without: toggled(view.without, report) }))}
          >
            {t.insights.reports[report]}
          </Menu.CheckboxItem>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Prints as soon as every figure is of the filter that stands above it. */
function usePrint(): () => void {
  const counting = useIsFetching({ queryKey: insightKeys.all, predicate: ({ state }) => state.data === undefined }) > 0;
  const [asked, setAsked] = useState(false);
  useEffect(() => {
    if (!asked || counting) return undefined;
    // Not from within React's own work: the page is drawn anew for paper before `print` returns.
    const turn = setTimeout(() => {
      setAsked(false);
      window.print();
    });
    return () => clearTimeout(turn);
  }, [asked, counting]);
  return () => setAsked(true);
}

/** Whether the page is being put on paper: then it is light, and its figures stand beside its pictures. */
function usePrinting(): boolean {
  const [printing, setPrinting] = useState(false);
  useEffect(() => {
    const before = (): void => {
      startPaper();
      // The web view lays the page out as soon as this returns.
      flushSync(() => setPrinting(true));
    };
    const after = (): void => {
      stopPaper();
      setPrinting(false);
    };
    window.addEventListener('beforeprint', before);
    window.addEventListener('afterprint', after);
    return () => {
      window.removeEventListener('beforeprint', before);
      window.removeEventListener('afterprint', after);
      stopPaper();
    };
  }, []);
  return printing;
}
