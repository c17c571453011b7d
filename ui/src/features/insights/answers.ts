/** Which command answers which report, and what the answer is made into. */
import type { InsightsFilter, ReportAbout } from '@/api/bindings';
import { host } from '@/api/host';
import type { Making, ReportModel } from './model';
import { agentsModel } from './reports/agents';
import { forecastModel } from './reports/forecast';
import { funnelModel } from './reports/funnel';
import { importsModel } from './reports/imports';
import { outcomesModel } from './reports/outcomes';
import { sourcesModel } from './reports/sources';
import { timesModel } from './reports/times';
import type { ReportKey } from './view';

/** A report that has been counted: what it says of itself, and what a screen makes of it. */
export interface Answer {
  about: ReportAbout;
  model: (making: Making) => ReportModel;
}

type Ask = (filter: Required<InsightsFilter>) => Promise<Answer>;

/** Keeps the type of an answer between the command and what is made of it. */
const answer =
  <T extends { about: ReportAbout }>(
    ask: (filter: Required<InsightsFilter>) => Promise<T>,
    model: (answer: T, making: Making) => ReportModel,
  ): Ask =>
  async (filter) => {
    const answered = await ask(filter);
    return { about: answered.about, model: (making) => model(answered, making) };
  };

export const ANSWERS: Record<ReportKey, Ask> = {
  funnel: answer((filter) => host.funnelReport(filter), funnelModel),
  times: answer((filter) => host.timesReport(filter), timesModel),
  forecast: answer((filter) => host.forecastReport(filter), forecastModel),
  outcomes: answer((filter) => host.winLossReport(filter), outcomesModel),
  sources: answer((filter) => host.sourcesReport(filter), sourcesModel),
  agents: answer((filter) => host.agentsReport(filter), agentsModel),
  imports: answer((filter) => host.importsReport(filter), importsModel),
};
