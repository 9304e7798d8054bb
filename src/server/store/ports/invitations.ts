import type { Invitation } from '../../../microbizz/domain/invitation.ts';

/** Links that an operator hands out, and the used ones of tenants' own pages. */
export interface Invitations {
  add(invitation: Pick<Invitation, 'id' | 'createdAt' | 'expiresAt' | 'contract' | 'host'>): Promise<void>;
  find(id: string): Promise<Invitation | undefined>;
  /** Those that the operator made. */
  list(): Promise<Invitation[]>;
  /** False when there is none that is still unused. */
  takeBack(id: string, now: number): Promise<boolean>;
  removeExpired(before: number): Promise<void>;
}
