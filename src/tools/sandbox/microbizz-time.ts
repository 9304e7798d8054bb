const copenhagen = new Intl.DateTimeFormat('sv-SE', {
  dateStyle: 'short',
  timeStyle: 'medium',
  timeZone: 'Europe/Copenhagen',
});

/** Date 2011-08-05 and time 18:45:00 as the API sends them. Which time zone is undocumented: Danish time is presumed. */
export function tellMicrobizzTime(now: number): { date: string; time: string } {
  const [date = '', time = ''] = copenhagen.format(now).split(' ');
  return { date, time };
}
