/** A link, made by the operator, with which one connection can be begun. Times are milliseconds since 1970. */
export interface Invitation {
  readonly id: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  /** The one contract, or the one host of the endpoint, that it is good for. */
  readonly contract: string | undefined;
  readonly host: string | undefined;
  /** The installation that came of it. */
  readonly usedBy: string | undefined;
  readonly takenBackAt: number | undefined;
}

/** How long a link is good with which a connection is begun, in milliseconds. */
export const invitationLife = 7 * 86_400_000;
