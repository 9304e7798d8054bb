/** Where a solution is connected, for the first time or anew. */
export function connectUrl(publicUrl: string, solution: string): string {
  return `${publicUrl}/connect?${new URLSearchParams({ solution }).toString()}`;
}
