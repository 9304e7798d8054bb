/** The states of a handling that is not over. The partial indexes have the same words: else SQLite does not use them. */
export const openStates = "('ready', 'queued', 'held')";
