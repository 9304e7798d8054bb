/** A status of failure says it all; what else went wrong is in the sender's own words. */
export function faultBeside(status: number | undefined, fault: string | undefined): string {
  return status !== undefined && status >= 400 ? '' : (fault ?? '');
}
