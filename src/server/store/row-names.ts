/** What the secret of a row is bound to. Never changed: rows that are there open under no other name. */
export function tokenRow(installationId: string): string {
  return `installations/${installationId}/accesstoken`;
}

export function forwardRow(id: number): string {
  return `forwards/${id}/secret`;
}
