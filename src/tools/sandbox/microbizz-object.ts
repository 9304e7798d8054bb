/** An object as events and commands carry it. Loose, since only `id` is certain. */
export type MicrobizzObject = { id: number } & Record<string, unknown>;

/** When the objects of a fresh sandbox were last changed. */
export const longAgo = { changedate: '2025-03-31', changetime: '10:15:00' };
