/** The names to which the secrets of rows are bound. Never change them: existing rows open under no other name. */
export function tokenRow(installationId: string): string {
  return `installations/${installationId}/accesstoken`;
}

export function forwardRow(id: number): string {
  return `forwards/${id}/secret`;
}
