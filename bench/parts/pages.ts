import { startMicrobizz } from '../servers/open-pages.ts';
import type { Findings } from '../report/table.ts';
import type { Context } from './context.ts';
import { pageAnswers } from './page-answers.ts';
import { pageRates } from './page-rates.ts';

/** The pages as people ask for them: how soon one is answered with much stored, and how many a second. */
export async function pages(context: Context): Promise<Findings> {
  const filled = await context.fillHistory();
  const microbizz = await startMicrobizz(context.template);
  try {
    const [answers, rates] = [await pageAnswers(context, filled), await pageRates(context, filled)];
    return {
      tables: [...answers.tables, ...rates.tables],
      judged: context.plan.quick ? [] : [...answers.judged, ...rates.judged],
      raw: { answers: answers.raw, rates: rates.raw },
    };
  } finally {
    await microbizz.stop();
  }
}
