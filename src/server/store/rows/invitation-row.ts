import type { Invitation } from '../../../microbizz/domain/invitation.ts';

export interface InvitationRow {
  id: string;
  created_at: number;
  expires_at: number;
  contract: string | null;
  host: string | null;
  used_by: string | null;
  taken_back_at: number | null;
}

export function toInvitation(row: InvitationRow): Invitation {
  return {
    id: row.id,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    contract: row.contract ?? undefined,
    host: row.host ?? undefined,
    usedBy: row.used_by ?? undefined,
    takenBackAt: row.taken_back_at ?? undefined,
  };
}
