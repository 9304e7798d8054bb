const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

/** Opens an app's connect page as a browser does, and answers what its form would POST in the field `request`. */
export async function visitConnect(url: string): Promise<string> {
  const answer = await fetch(url);
  const page = await answer.text();
  const value = /name="request" value="([^"]*)"/.exec(page)?.[1];
  if (value === undefined) throw new Error(`${url} answered ${answer.status} and no form with a field "request"`);
  return value.replaceAll(/&(amp|lt|gt|quot|#39);/g, (whole, name: string) => entities[name] ?? whole);
}
