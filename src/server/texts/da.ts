import { daErrors } from './da-errors.ts';

/** The server's own texts on pages, in Danish. `en.ts` has the same keys: the compiler and a test see to it. */
export const da = {
  /** The language's own name. */
  name: 'Dansk',
  layout: {
    skip: 'Gå til indholdet',
    language: 'Sprog',
    newTab: 'åbner i en ny fane',
    reconnect: 'Microbizz afviser appens adgang. Ændringer vises stadig, men intet nyt kan hentes.',
    reconnectLink: 'Forbind appen igen',
  },
  details: 'Detaljer:',
  errors: daErrors,
  kept: {
    lead: 'Det, du skrev, er ikke gemt i appen endnu. Her er det, så du kan kopiere det:',
    retry: 'Send igen',
    secret: 'Skrives igen:',
  },
  connect: {
    connectTitle: 'Forbind til Microbizz',
    connectLead: 'Du sendes videre til Microbizz, hvor du logger ind og godkender appen.',
    connectButton: 'Fortsæt til Microbizz',
    connected: 'Forbundet',
    connectedLead: 'Appen er forbundet til Microbizz. Du kan lukke denne side og åbne appen i Microbizz.',
    waiting: 'Venter på Microbizz',
    waitingLead: 'Microbizz har endnu ikke bekræftet forbindelsen. Siden opdaterer sig selv.',
    waitingHint: 'Hvis du afviste appen i Microbizz, kan du begynde forfra:',
    waitingLink: 'Hvis du afviste appen i Microbizz, kan du begynde forfra: Åbn det link igen, som du fik.',
    failed: 'Ikke forbundet',
    failedLead:
      'Forbindelsen til Microbizz blev ikke oprettet. Bliver det ved, så send denne besked til den, der driver appen:',
    failedLink: 'Linket kan være brugt. Så skal du bede den, der driver appen, om et nyt.',
    approval: 'Venter på godkendelse',
    approvalLead:
      'Kontrakten er forbundet i forvejen. For en sikkerheds skyld skal den, der driver appen, godkende den nye forbindelse. Indtil da virker den gamle, som den plejer.',
    approvalHint: 'Send dette nummer til den, der driver appen:',
    expired: 'Ikke forbundet',
    expiredLead: 'Microbizz bekræftede ikke forbindelsen inden for 60 minutter.',
    expiredLink: 'Åbn det link igen, som du fik, eller bed den, der driver appen, om et nyt.',
    again: 'Prøv igen',
    solution: 'Løsning',
    contract: 'Kontrakt',
    hooks: 'Tilsluttet',
  },
};

export type Texts = typeof da;
