/** A status of failure says it all; any other fault is in the sender's own words. */
export function faultBeside(status: number | undefined, fault: string | undefined): string {
  return status !== undefined && status >= 400 ? '' : (fault ?? '');
}
