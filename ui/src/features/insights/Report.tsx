/** One report: its headlines, its charts or its table, what it means, and the ways to take it along. */
import { ActionIcon, Menu, SegmentedControl } from '@mantine/core';
import { IconChartBar, IconDots, IconEyeOff, IconPhoto, IconTable, IconTableExport } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { InsightsFilter, ReportAbout } from '@/api/bindings';
import { asUiError, host } from '@/api/host';
import { reportQuery } from '@/api/insights';
import { useLookup } from '@/api/reference';
import { EmptyNotice } from '@/components/EmptyNotice';
import { ErrorNotice } from '@/components/ErrorNotice';
import { toast } from '@/components/toast';
import { formats } from '@/lib/formats';
import { t } from '@/strings';
import { ANSWERS } from './answers';
import { Chart } from './Chart';
import { toCsv } from './csv';
import type { Headline, ReportModel } from './model';
import { toPng } from './png';
import classes from './Report.module.css';
import { type Opening, ReportTable, RowsLink } from './ReportTable';
import type { ReportKey } from './view';

interface ReportProps extends Opening {
  report: ReportKey;
  filter: Required<InsightsFilter>;
  compare: boolean;
  narrowed: boolean;
  asTable: boolean;
  /** On paper, where the figures stand below the picture. */
  printing: boolean;
  /** What the figures are of, in words: period and filter. */
  subject: string;
  onAsTable: (table: boolean) => void;
  onHide: () => void;
}

export function Report({ report, filter, compare, ...rest }: ReportProps) {
  const { preferences } = useLookup();
  const asked = useQuery(reportQuery(report, filter, ANSWERS[report]));
  const { data, error, isError, refetch, isPlaceholderData: ofAnotherFilter } = asked;
  const model = useMemo(
    () => (data === undefined ? undefined : data.model({ filter, compare, formats, currency: preferences.currency })),
    [data, filter, compare, preferences.currency],
  );
  const title = t.insights.reports[report];
  const { subject } = rest;
  // What is taken along says which filter it is of.
  const whole = data !== undefined && model !== undefined && !ofAnotherFilter;
  const files = whole ? { about: data.about, model, subject, title } : null;
  const id = `report-${report}`;
  return (
    <section
      className={classes.report}
      aria-labelledby={id}
      aria-busy={ofAnotherFilter}
      data-wide={rest.asTable}
      data-testid={`report-${report}`}
    >
      <header className={classes.head}>
        <h3 id={id} className={classes.title}>
          {title}
        </h3>
        <SegmentedControl
          size="xs"
          className={classes.quiet ?? ''}
          aria-label={t.insights.shownAs(title)}
          value={rest.asTable ? 'table' : 'chart'}
          onChange={(shown) => rest.onAsTable(shown === 'table')}
          data={[
            { value: 'chart', label: <Choice icon={<IconChartBar size={14} />} text={t.insights.chart} /> },
            { value: 'table', label: <Choice icon={<IconTable size={14} />} text={t.insights.table} /> },
          ]}
        />
        <More title={title} report={report} files={files} onHide={rest.onHide} />
      </header>
      {isError && data === undefined && <ErrorNotice error={asUiError(error)} onRetry={() => void refetch()} />}
      {data !== undefined && model !== undefined && <Body {...rest} title={title} about={data.about} model={model} />}
    </section>
  );
}

function Choice({ icon, text }: { icon: React.ReactNode; text: string }) {
  return (
    <span className={classes.choice} title={text}>
      {icon}
      <span className="visually-hidden">{text}</span>
    </span>
  );
}

interface BodyProps extends Opening {
  title: string;
  about: ReportAbout;
  model: ReportModel;
  asTable: boolean;
  printing: boolean;
  narrowed: boolean;
}

function Body({ title, about, model, asTable, printing, narrowed, hrefOf, onOpen }: BodyProps) {
  if (model.empty) {
    return (
      <>
        <EmptyNotice title={narrowed ? t.insights.nothingNarrowed : t.insights.nothing} text={t.insights.nothingText} />
        <Definitions about={about} />
      </>
    );
  }
  return (
    <>
      {model.headlines.length > 0 && (
        <dl className={classes.headlines}>
          {model.headlines.map((line) => (
            <HeadlineView key={`${line.label} ${line.value}`} line={line} hrefOf={hrefOf} onOpen={onOpen} />
          ))}
        </dl>
      )}
      {(!asTable || printing) &&
        model.charts.map((chart) => (
          <Chart
            key={chart.caption}
            chart={chart}
            label={chart.caption === '' ? title : `${title}, ${chart.caption}`}
            hrefOf={hrefOf}
            onOpen={onOpen}
          />
        ))}
      {(asTable || printing) && <ReportTable table={model.table} label={title} hrefOf={hrefOf} onOpen={onOpen} />}
      <Definitions about={about} />
    </>
  );
}

function HeadlineView({ line, hrefOf, onOpen }: { line: Headline } & Opening) {
  const spoken = `${line.label}: ${line.value}`;
  return (
    <div className={classes.headline}>
      <dt>{line.label}</dt>
      <dd>
        <RowsLink rows={line.rows} label={spoken} hrefOf={hrefOf} onOpen={onOpen}>
          {line.value}
        </RowsLink>
        {line.change !== null && line.change !== '' && <span className={classes.change}>{line.change}</span>}
      </dd>
    </div>
  );
}

function Definitions({ about }: { about: ReportAbout }) {
  return (
    <div className={classes.meaning}>
      <h4 className="visually-hidden">{t.insights.definition}</h4>
      <dl>
        {about.definitions.map(({ term, meaning }) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** What is written below a picture that leaves this window: nobody there can ask what it shows. */
export function notesOf(about: ReportAbout, subject: string): string[] {
  return [
    subject,
    [
      t.insights.asOf(formats.fullMoment(about.as_of)),
      ...(about.history_since === null ? [] : [t.insights.historySince(formats.fullDay(about.history_since))]),
      ...(about.rebuilt ? [t.insights.rebuilt] : []),
    ].join(' · '),
  ];
}

interface Files {
  title: string;
  subject: string;
  about: ReportAbout;
  model: ReportModel;
}

interface MoreProps {
  title: string;
  report: ReportKey;
  files: Files | null;
  onHide: () => void;
}

function More({ title, report, files, onHide }: MoreProps) {
  const save = async (work: (files: Files) => Promise<string>): Promise<void> => {
    if (files === null) return;
    try {
      toast.note(t.insights.saved(await work(files)));
    } catch (error) {
      toast.failure(error);
    }
  };
  const csv = ({ model }: Files) => host.saveReport(report, { kind: 'csv', text: toCsv(model.table) });
  const png = ({ model, about, subject }: Files) =>
    host.saveReport(report, { kind: 'png', base64: toPng({ title, notes: notesOf(about, subject) }, model.charts) });
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon size="sm" className={classes.quiet ?? ''} aria-label={t.insights.more(title)}>
          <IconDots size={16} aria-hidden="true" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconTableExport size={15} />} disabled={files === null} onClick={() => void save(csv)}>
          {t.insights.csv}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconPhoto size={15} />}
          disabled={files === null || files.model.empty}
          onClick={() => void save(png)}
        >
          {t.insights.png}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconEyeOff size={15} />} onClick={onHide}>
          {t.insights.hide}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
